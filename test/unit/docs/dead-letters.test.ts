/** docs/dead-letters.md against the sources: every class a step can use is explained, and none that does not exist. */
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LETTER_CLASSES } from '../../../letters/classes.ts'
import { deadLetterOf } from '../../../streams/dead-letter.ts'
import { RecordError } from '../../../streams/processor.ts'

const page = readFileSync('docs/dead-letters.md', 'utf8')

/** The classes that sources name where they throw, or return, the failure of a record. */
function classesInSources(): Set<string> {
  const folders = '{processors,models,streams,schemas,pipeline}/**/*.ts'
  const found = globSync(folders).flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    return [...text.matchAll(/new RecordError\(\s*'([a-z-]+)'/g)].map(([, kind]) => kind!)
  })
  // Those of endpoints stand in a type, and those of dead-letter.ts in a function.
  const refusals = /type RefusalClass = (.*)/.exec(readFileSync('models/errors.ts', 'utf8'))?.[1] ?? ''
  const others = readFileSync('streams/dead-letter.ts', 'utf8').matchAll(/return '([a-z-]+)'/g)
  return new Set([
    ...found,
    ...[...refusals.matchAll(/'([a-z-]+)'/g)].map(([, kind]) => kind!),
    ...[...others].map(([, kind]) => kind!),
  ])
}

describe('docs/dead-letters.md', () => {
  it('lists every class with its meaning and remedy', () => {
    expect(Object.keys(LETTER_CLASSES).toSorted()).toEqual([...classesInSources()].toSorted())
    const rows = Object.entries(LETTER_CLASSES).map(
      ([kind, { meaning, remedy }]) => `| \`${kind}\` | ${meaning} | ${remedy} |`,
    )
    const told = page.split('\n').filter((line) => /^\| `[a-z-]+` \| .* \| .*\. \|$/.test(line))
    expect(told).toEqual(rows)
  })

  it('lists every field of a dead letter', () => {
    const letter = deadLetterOf({
      letter: { topic: 't', partition: 0, offset: 0, key: null, value: null },
      error: new RecordError('refused', 'no'),
      groupId: 'g',
      step: 's',
      attempts: 1,
      redrivenFrom: null,
      secrets: [],
    })
    const fields = page.slice(page.indexOf('## What a dead letter holds'), page.indexOf('## Classes'))
    const told = [...fields.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, names]) => names!.split(', '))
    expect(told.map((name) => name.replaceAll('`', '')).toSorted()).toEqual(Object.keys(letter).toSorted())
  })
})
