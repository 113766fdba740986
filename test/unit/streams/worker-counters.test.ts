import { expect, it } from 'vitest'
import type { Result } from '../../../streams/task.ts'
import { WorkerCounters } from '../../../streams/worker-counters.ts'

function result(step: string, ...topics: string[]): Result {
  const records = topics.map((topic) => ({ topic, partition: 0, key: null, value: null }))
  return {
    task: { processor: { step } },
    topic: 'in',
    offset: 0,
    records,
    changes: null,
    failure: topics.includes('dead') ? 'refused' : null,
  } as unknown as Result
}

it('counts records by step and by topic; what stands in for failed ones is none', () => {
  const counters = new WorkerCounters('dead')
  counters.committed([result('verify', 'verdicts'), result('verify', 'dead', 'verdicts'), result('rank')])
  expect(counters.of('verify')).toMatchObject({ done: 2, deadLetters: 1, density: null })
  expect(counters.of('verify').failures).toEqual(new Map([['refused', 1]]))
  expect(counters.of('rank')).toMatchObject({ done: 1, deadLetters: 0 })
  expect(['verdicts', 'dead', 'kept'].map((topic) => counters.written(topic))).toEqual([1, 1, 0])
  counters.committed([result('again', 'verdicts')])
  expect(counters.written('verdicts')).toBe(2)
  expect(['verify', 'again', 'rank'].map((step) => counters.written('verdicts', step))).toEqual([1, 1, 0])
})

it('knows which share of the offsets holds records', () => {
  const counters = new WorkerCounters('dead')
  const chunk = { topic: 'in', partition: 0, from: 0, through: 3, records: [{}, {}, {}] as never }
  counters.fetched('verify', chunk)
  counters.fetched('verify', { ...chunk, from: 4, through: 5, records: [] })
  expect(counters.of('verify').density).toBe(0.5)
})
