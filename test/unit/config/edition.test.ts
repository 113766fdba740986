import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml, stringify } from 'yaml'
import { decisiveSettings, diffEditions, editionOf, readEdition } from '../../../config/edition.ts'
import { OUR_PROMPTS } from '../../../prompts/prompts.ts'
import { changed, EXAMPLE, parse, SMALL } from './example.ts'

const edition = (text: string) => editionOf(parse(text))
const withPrompts = (text: string, prompts: string) => parse(`${text}prompts: ${prompts}\n`)

/** The same data with the keys of every mapping in an order drawn from `picks`. */
function shuffledKeys(value: unknown, picks: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffledKeys(item, picks))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => ({ key, item, rank: picks() }))
  entries.sort((a, b) => a.rank - b.rank)
  return Object.fromEntries(entries.map(({ key, item }) => [key, shuffledKeys(item, picks)]))
}

describe('editionOf', () => {
  it('does not depend on the order of keys', () => {
    const data: unknown = parseYaml(EXAMPLE)
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(1000)), (ranks) => {
        const text = stringify(shuffledKeys(data, () => ranks.next().value ?? 0))
        expect(edition(text)).toEqual(edition(EXAMPLE))
      }),
      { numRuns: 30 },
    )
  })

  it.each([
    ['an endpoint', '10.0.0.5', '10.0.0.6'],
    ['a limit', 'maxConcurrency: 256', 'maxConcurrency: 1'],
    ['the name of a key', 'LAB_API_KEY', 'OTHER_API_KEY'],
    ['a price', 'input: 2.5', 'input: 3'],
    ['the budget', 'usd: 500', 'usd: 5'],
    ['the brokers', 'budget:', 'kafka: { brokers: ["k:9092"] }\nbudget:'],
    ['the registry', 'budget:', 'registry: { url: "http://r" }\nbudget:'],
    ['when steps stop', 'budget:', 'deadLetters: { maxShare: 0.9, window: 50 }\nbudget:'],
    ['the scorer', 'score: gpt4o', 'score: mini'],
    ['whether anybody scores', ', score: gpt4o', ''],
    ['what is scored', 'budget:', 'score: { share: 0.5, seed: 2 }\nbudget:'],
    ['the data folder', 'budget:', 'data: elsewhere\nbudget:'],
    ['the pipeline', 'pipeline: reasonmed', 'pipeline: other'],
    ['a default written out', 'tries: 3', 'tries: 3, giveCorrectPath: false'],
    ['what scorers are asked', 'budget:', 'prompts: { score: { text: Grade it. } }\nbudget:'],
  ])('stays the same when %s changes', (_, from, to) => {
    expect(edition(changed(EXAMPLE, from, to)).hash).toBe(edition(EXAMPLE).hash)
  })

  it('stays the same when an alias changes', () => {
    expect(edition(EXAMPLE.replaceAll(/\bqwen\b/g, 'other')).json).toBe(edition(EXAMPLE).json)
  })

  it.each([
    ['easy: { maxErrors: 4 }', 'easy: { maxErrors: 3 }', 'triage.easyMaxErrors', '4', '3'],
    ['missing: wait', 'missing: countAsError', 'triage.missing', 'wait', 'countAsError'],
    ['tries: 3', 'tries: 2', 'regenerate.tries', '3', '2'],
    ['budget:', 'verify: { minCharacters: 9 }\nbudget:', 'verify.minCharacters', '200', '9'],
    [
      'rank: { model: qwen, temperature: 0',
      'rank: { model: qwen, temperature: 1',
      'roles.rank.params.temperature',
      '0',
      '1',
    ],
  ])('changes with %s -> %s, and the difference names it', (from, to, key, was, now) => {
    const [before, after] = [edition(EXAMPLE), edition(changed(EXAMPLE, from, to))]
    expect(after.hash).not.toBe(before.hash)
    expect(diffEditions(before, after)).toContainEqual({ key, was, now })
  })
})

describe('diffEditions', () => {
  it('is empty for equal editions', () => {
    expect(diffEditions(edition(EXAMPLE), edition(EXAMPLE))).toEqual([])
  })

  it('names samplers by what they ask', () => {
    const after = edition(changed(SMALL, 'model: b, temperature: 0.7', 'model: b, temperature: 0.9'))
    expect(diffEditions(edition(SMALL), after)).toEqual([
      { key: 'samplers: model-b temperature=0.7', was: 'present', now: '(absent)' },
      { key: 'samplers: model-b temperature=0.9', was: '(absent)', now: 'present' },
    ])
  })

  it('shows a changed prompt as one line', () => {
    const config = withPrompts(SMALL, '{ generate: { text: Answer it. } }')
    const now = config.prompts.generate.hash
    expect(diffEditions(edition(SMALL), editionOf(config))).toEqual([
      { key: 'prompts.generate', was: OUR_PROMPTS.generate.hash, now },
    ])
  })

  it('is never empty for editions that differ, even where only the ids of samplers do', () => {
    const before = edition(SMALL)
    const [id = ''] = Object.keys(before.content.samplers)
    const other = readEdition(before.json.replace(id, 'a-sampler-of-another-version'))
    expect(diffEditions(before, other)).toHaveLength(1)
  })
})

describe('the edition of prompts in own words', () => {
  const own = editionOf(withPrompts(SMALL, '{ summarize: { text: Be brief. } }'))

  it('holds these words, so that it can be made again without their file', () => {
    const { system } = OUR_PROMPTS.summarize.wording
    expect(own.content.wording).toEqual({ summarize: { system, task: 'Be brief.' } })
    expect(readEdition(own.json)).toEqual(own)
  })

  it('differs from another by the hash of its words alone', () => {
    const other = editionOf(withPrompts(SMALL, '{ summarize: { text: Be very brief. } }'))
    expect(diffEditions(own, other)).toEqual([
      { key: 'prompts.summarize', was: own.content.prompts.summarize, now: other.content.prompts.summarize },
    ])
  })

  it('is the edition of our own words where these are written out', () => {
    const task = JSON.stringify(OUR_PROMPTS.summarize.wording.task)
    const written = editionOf(withPrompts(SMALL, `{ summarize: { text: ${task} } }`))
    expect(written).toEqual(edition(SMALL))
  })

  it('is pinned for our own words, because editions that exist are compared with it', () => {
    expect(edition(SMALL).hash).toBe('f68637c0a3b9f0348988a3497fa71db7')
  })
})

describe('readEdition', () => {
  it('gives back what was recorded', () => {
    const before = edition(EXAMPLE)
    expect(readEdition(before.json)).toEqual(before)
  })

  it('keeps what a later version may have added, so that it shows', () => {
    const before = edition(SMALL)
    const later = readEdition(JSON.stringify({ ...JSON.parse(before.json), sampling: { best: 2 } }))
    expect(diffEditions(before, later)).toEqual([{ key: 'sampling.best', was: '(absent)', now: '2' }])
  })

  it.each(['', '{}', '[1]'])('refuses %j', (json) => {
    expect(() => readEdition(json)).toThrow(expect.objectContaining({ code: 'NF_EDITION_UNREADABLE' }))
  })
})

describe('settings beside the file', () => {
  it('that may decide results are told from those that cannot', () => {
    const decisive = [
      'triage.easy.maxErrors=3',
      'samplers[0].topP=0.8',
      'roles={ verify: a }',
      'prompts.summarize.file=other.md',
      'models.a.model=another',
    ]
    expect(
      decisiveSettings(['budget.usd=5', ...decisive, 'pipeline=x', 'endpoints.lab.headers.X-Key=k']),
    ).toEqual(decisive)
  })
})
