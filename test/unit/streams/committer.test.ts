import { expect, test } from 'vitest'
import { memoryCodec } from '../../../schemas/memory-codec.ts'
import { topicNames } from '../../../schemas/topic-names.ts'
import { TOPICS } from '../../../schemas/topics.ts'
import type { Completion } from '../../../schemas/types.ts'
import { Committer } from '../../../streams/committer.ts'
import type { CommitterOptions } from '../../../streams/committer-options.ts'
import { silentLog } from '../../../streams/log.ts'
import { RecordCodec } from '../../../streams/record-codec.ts'
import type { Result, Task } from '../../../streams/task.ts'
import type { OutgoingRecord } from '../../../streams/transport/transaction.ts'

const fullName = topicNames({ topicPrefix: '', pipeline: 'p', edition: 'main' })
const codec = new RecordCodec(memoryCodec(), fullName, TOPICS, 1)

function completion(sequence: number, text: string): Completion {
  return {
    paymentId: `j/${sequence}`,
    journal: 'j',
    sequence,
    requestHash: `request-${sequence}`,
    step: 'generate',
    questionId: 'q',
    model: 'm',
    endpoint: 'e',
    status: 'answered',
    reasoning: '',
    text,
    finishReason: 'stop',
    promptTokens: 1,
    completionTokens: 1,
    costNanoUsd: 1,
    atMostNanoUsd: null,
    startedAt: 0,
    durationMs: 1,
    attempt: 1,
    turnedAway: 0,
    error: null,
  }
}

/** A committer over these journal entries, and what it publishes. */
async function committerOver(entries: readonly Completion[], changes: Partial<CommitterOptions> = {}) {
  const published: OutgoingRecord[] = []
  const committer = new Committer({
    reader: { committed: async () => [{ topic: '', partition: 0, offset: -1, metadata: '' }] },
    codec,
    journal: {
      end: entries.length,
      continueFrom() {},
      entriesFrom: (from) => entries.slice(from),
    },
    log: silentLog,
    openProducer: async () => ({
      commit: async (records) => {
        published.push(...records)
        return new Map()
      },
      close: async () => {},
    }),
    journalGroup: 'journal',
    completionsTopic: fullName('completions'),
    tickMs: 0,
    membershipOf: () => null,
    tasks: () => [],
    fenced() {},
    sent() {},
    committed() {},
    ...changes,
  })
  await committer.open()
  return { committer, published }
}

test('an answer no broker would take is told cut, under a status nobody answers from, and holds up nothing', async () => {
  const huge = 'x'.repeat(2_000_000)
  const { committer, published } = await committerOver([completion(0, huge), completion(1, 'short')])
  await committer.tick()
  const told = published.map(({ value }) => codec.decode('completions', value))
  expect(told.map(({ sequence, status }) => [sequence, status])).toEqual([
    [0, 'too-large'],
    [1, 'answered'],
  ])
  expect(huge.startsWith(told[0]!.text)).toBe(true)
  expect(told[0]!.text.length).toBeGreaterThan(1_000)
  expect(committer.idle).toBe(true)
})

test('is behind while two transactions wait, and tells every task once there is room again', async () => {
  let told = 0
  const task = {
    groupId: 'group',
    closed: false,
    hasProgress: false,
    include() {},
    takeProgress: () => [],
    committed: () => told++,
  } as unknown as Task
  const record = { topic: fullName('kept'), partition: 0, key: 'q', value: Buffer.alloc(1_000) }
  const result: Omit<Result, 'offset'> = { task, topic: '', records: [record], changes: null, failure: null }
  const { committer, published } = await committerOver([], {
    maxTransactionBytes: 1_500,
    membershipOf: () => ({ generationId: 1, memberId: 'm' }),
    tasks: () => [task],
  })
  for (const offset of [0, 1]) committer.add({ ...result, offset })
  expect(committer.behind).toBe(false)
  for (const offset of [2, 3]) committer.add({ ...result, offset })
  expect(committer.behind).toBe(true)
  await committer.tick()
  expect(published).toHaveLength(2)
  expect(committer.behind).toBe(false)
  expect(told).toBe(1)
})

test('what a closed task had finished counts no more', async () => {
  const closed = { groupId: 'group', closed: true } as Task
  const record = { topic: fullName('kept'), partition: 0, key: 'q', value: Buffer.alloc(1_000) }
  const { committer, published } = await committerOver([], { maxTransactionBytes: 100 })
  committer.add({ task: closed, topic: '', offset: 0, records: [record], changes: null, failure: null })
  expect(committer.behind).toBe(true)
  await committer.tick()
  expect(committer.behind).toBe(false)
  expect(published).toEqual([])
})
