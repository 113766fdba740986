/** Editions as they are found in the log: which there are, in which order, and what is said of those that are not. */
import { describe, expect, it } from 'vitest'
import { editionsScreen, summaryOf } from '../../../editions/edition-list.ts'
import {
  allEditions,
  type EditionsSession,
  editionNamed,
  startedEdition,
} from '../../../editions/edition-view.ts'
import { DROPPING } from '../../../pipeline/editions.ts'
import { memoryCodec } from '../../../schemas/memory-codec.ts'
import type { Edition, TrainingRecord } from '../../../schemas/types.ts'
import type { StoredRecord } from '../../../streams/transport/reader.ts'
import { UnreadableRecords } from '../../../streams/unreadable.ts'
import { PLAIN } from '../../../terminal/style.ts'
import { config } from '../../support/records.ts'
import { record } from '../export/edition.ts'

const codec = memoryCodec()
const STARTED = Date.UTC(2026, 2, 4, 5, 6, 7)

function started(edition: string, changes: Partial<Edition> = {}): Edition {
  const none = { base: null, from: null, settings: [], inputs: [] }
  return {
    kind: 'started',
    edition,
    hash: `hash of ${edition}`,
    config: '{}',
    codeVersion: '1',
    ...none,
    ...changes,
  }
}

/** A log in memory: values by full topic name; the records of an edition are written a second after one another. */
function sessionOf(topics: Readonly<Record<string, readonly Buffer[]>>): EditionsSession {
  const stored = (name: string): StoredRecord[] =>
    (topics[name] ?? []).map((value, offset) => {
      return { partition: 0, offset, key: null, value, timestamp: STARTED + 1_000 * offset }
    })
  const reader = {
    settledBounds: async (name: string) => [{ first: 0, end: stored(name).length, written: 0 }],
    async *read(name: string) {
      yield stored(name)
    },
    async *readAll(name: string) {
      yield stored(name)
    },
  }
  const client = { listTopics: async () => Object.keys(topics) }
  const parts = { config: config(), client, reader, codec, unreadable: new UnreadableRecords() }
  return parts as unknown as EditionsSession
}

const edition = (value: Edition) => codec.encode('editions', value)
const training = (value: TrainingRecord) => codec.encode('records', value)

describe('the editions of a log', () => {
  const strict = started('strict', { base: 'main', from: 'verdicts', settings: ['triage.easy.maxErrors=3'] })
  const session = sessionOf({
    'test.loaded.editions': [],
    'test.main.editions': [edition(started('main'))],
    'test.main.records': [record('a'), record('b'), record('a', { kind: 'withdrawn' })].map(training),
    'test.strict.editions': [
      Buffer.from('nonsense'),
      edition(strict),
      edition({ ...strict, kind: DROPPING }),
    ],
    'another.main.editions': [edition(started('main'))],
  })

  it('are this pipeline’s, in the order they were made, with what was recorded', async () => {
    const found = []
    for (const view of await allEditions(session)) found.push(await summaryOf(view))
    expect(found).toMatchObject([
      { edition: 'main', state: 'started', base: null, hash: 'hash of main', records: 1 },
      {
        ...{ edition: 'strict', state: 'dropping', base: 'main', from: 'verdicts', records: 0 },
        settings: ['triage.easy.maxErrors=3'],
        madeAt: '2026-03-04T05:06:08.000Z',
      },
      { edition: 'loaded', state: 'not run', madeAt: null, hash: null, records: 0 },
    ])
    expect(editionsScreen(found, 120, PLAIN).split('\n')).toEqual([
      'edition  built on          made                  records  hash          set',
      'main     -                 2026-03-04 05:06 UTC        1  hash of main',
      'strict   verdicts of main  being dropped               0  hash of stri  --set triage.easy.maxErrors=3',
      'loaded   -                 not run                     0  -',
    ])
  })

  it('are told where another one was asked for, and one that has not run has nothing to show', async () => {
    const editions = await allEditions(session)
    expect(editionNamed(editions, 'loaded').recorded).toBeNull()
    expect(() => editionNamed(editions, 'stict')).toThrow(
      expect.objectContaining({ code: 'NF_EDITION_UNKNOWN', remedy: 'There is: main, strict, loaded.' }),
    )
    expect(() => startedEdition(editions, 'loaded')).toThrow(
      expect.objectContaining({
        message: 'edition loaded has not run',
        remedy: 'There is: main, strict.',
      }),
    )
    expect(() => editionNamed([], 'main')).toThrow(
      expect.objectContaining({ remedy: 'No edition of this pipeline has run.' }),
    )
  })
})
