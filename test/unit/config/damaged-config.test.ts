/** Configurations with anything in any place: valid, or refused with every place named, and nothing else. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { Document, isPair, parseDocument, visit } from 'yaml'
import { ConfigError } from '../../../config/errors.ts'
import { mutated } from '../../support/mutated.ts'
import { parse, SMALL } from './example.ts'

const [WHOLE, OTHER_FORMS] = readFileSync(
  new URL('../../../config/example.yaml', import.meta.url),
  'utf8',
).split('\n---\n') as [string, string]

/** What means something in YAML, to JavaScript, or to the configuration. */
const WORDS = [
  ...[
    '~',
    '[]',
    '{}',
    '""',
    ': ',
    '- ',
    '#',
    '|\n',
    '\n',
    '  ',
    '? [a] : b',
    '<<: *x',
    '&x ',
    '*x',
    '!!binary ',
  ],
  ...[
    '-1',
    '0',
    '1e309',
    '.nan',
    '-.inf',
    '99999999999999999999',
    'true',
    '2001-01-01',
    '"\\0"',
    '"\\ud800"',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'apiKey', 'password', 'model', 'endpoint'],
]
/** Of every kind a value can be, for any place. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    -1,
    0,
    0.5,
    1e21,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    [],
    {},
    [[]],
    [null],
  ),
  fc.constantFrom<unknown>(
    'http://',
    'http://[::1',
    'ftp://x',
    'a.b',
    'x'.repeat(300),
    '$HOME',
    '../..',
    '*',
  ),
  fc.constantFrom<unknown>(
    { a: 1 },
    { env: 1 },
    { env: 'X', file: 'Y' },
    { model: 'qwen' },
    ['a', 'a'],
    [0.7, '0.7'],
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'length'),
)

/** Valid, or a list of problems that each say where, what and what to do, at a place the text has. */
function expectAnswered(text: string): void {
  const lines = text.split(/\r\n|\r|\n/)
  try {
    parse(text)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    expect(error.problems.length).toBeGreaterThan(0)
    for (const { code, what, remedy, line, column } of error.problems) {
      expect(code).toMatch(/^NF_CONFIG_/)
      expect([what, remedy].every((words) => words !== '' && !/undefined|\[object/.test(words))).toBe(true)
      expect(line >= 1 && line <= lines.length && column >= 1).toBe(true)
    }
  }
}

/** The text with something else in the place of the value, the key, or the entry that is chosen. */
function replaced(text: string, choice: number, value: unknown, what: 'value' | 'key' | 'nothing'): string {
  const document = parseDocument(text)
  const pairs: (() => void)[] = []
  visit(document, {
    Pair: (_, pair) => {
      pairs.push(() => {
        if (what === 'key') pair.key = document.createNode(value)
        else pair.value = document.createNode(value)
      })
    },
    Collection: (_, { items }) => {
      for (const [at, item] of items.entries()) {
        if (what === 'nothing') pairs.push(() => items.splice(at, 1))
        else if (!isPair(item)) pairs.push(() => items.splice(at, 1, document.createNode(value)))
      }
    },
  })
  pairs[choice % pairs.length]?.()
  return document.toString()
}

describe('a configuration with any damage', () => {
  it('begins as a valid one', () => {
    for (const text of [WHOLE, SMALL]) expect(parse(text).samplers.length).toBeGreaterThan(1)
  })

  it('to its text is valid or names the places', () => {
    const texts = [WHOLE, SMALL, `${SMALL}${OTHER_FORMS}`].map((text) => mutated(Buffer.from(text), WORDS))
    fc.assert(
      fc.property(fc.oneof(...texts), (bytes) => expectAnswered(bytes.toString())),
      { numRuns: 120 },
    )
  })

  it('to any value, key or entry is valid or names the places', () => {
    const damage = fc.array(
      fc.tuple(
        fc.nat(),
        anything,
        fc.constantFrom<'value' | 'key' | 'nothing'>('value', 'value', 'key', 'nothing'),
      ),
      { minLength: 1, maxLength: 3 },
    )
    fc.assert(
      fc.property(fc.constantFrom(WHOLE, SMALL), damage, (text, all) =>
        expectAnswered(all.reduce((so, [choice, value, what]) => replaced(so, choice, value, what), text)),
      ),
      { numRuns: 120 },
    )
  })

  it('that is any document is valid or names the places', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: false, maxDepth: 3 }), (value) =>
        expectAnswered(new Document(JSON.parse(JSON.stringify(value ?? null))).toString()),
      ),
      { numRuns: 100 },
    )
  })

  it('writes nothing to the screen by itself', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    try {
      for (const key of ['? [secret]\n: 1', '? {a: secret}\n: 1', '%TAG\n'])
        expect(() => parse(`${SMALL}${key}\n`)).toThrow()
      expect(warned).not.toHaveBeenCalled()
    } finally {
      warned.mockRestore()
    }
  })
})
