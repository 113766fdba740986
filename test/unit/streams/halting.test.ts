/** Records that cannot be worked on for a reason that is not theirs: what becomes of them, and of the others. */
import { describe, expect, it } from 'vitest'
import { BudgetReached } from '../../../models/budget-reached.ts'
import { EndpointRefusedKey } from '../../../models/errors.ts'
import type { Processor } from '../../../streams/processor.ts'
import { TopologyDriver } from '../../../streams/testing/topology-driver.ts'
import { FakeAsk } from '../../support/fake-ask.ts'
import { config } from '../../support/records.ts'
import { copy, toyQuestion } from '../../support/toy-processors.ts'

const small = config({
  kafka: {
    brokers: null,
    topicPrefix: '',
    partitions: 1,
    replication: 1,
    compression: 'none',
    tls: null,
    sasl: null,
  },
})
const spending = { spent: 5, assumed: 0, reserved: 0 }
const budgetReached = new BudgetReached(
  { of: { kind: 'edition', role: null }, nanoUsd: 5, spending, othersLateMs: null },
  { step: 'copy', model: 'some-model', nanoUsd: 1 },
)
const keyRefused = new EndpointRefusedKey('lab', 'no entry', 'Knock.')

/** Copies, one at a time, what it needs not pay for. */
async function run(stems: readonly string[], reason: Error, window = 1) {
  const began: string[] = []
  const paying: Processor<'questions'> = {
    ...(copy as Processor<'questions'>),
    async process(input, services) {
      began.push(input.value.stem)
      if (input.value.stem.startsWith('pay')) throw reason
      return (copy as Processor<'questions'>).process(input, services)
    },
  }
  const driver = new TopologyDriver({ config: small, processors: [paying], ask: new FakeAsk(), window })
  for (const stem of stems) driver.pipe('questions', toyQuestion('q', stem))
  await driver.settle()
  const copied = driver.read('raw-paths').map(({ pathId }) => pathId)
  return { driver, began, copied }
}

describe('a step whose budget is reached', () => {
  it('still does the records that need no money; the others stay unfinished, and are no dead letters', async () => {
    const { driver, copied } = await run(['pay 1', 'a', 'pay 2', 'b'], budgetReached, 4)
    expect(copied).toEqual(['a', 'b'])
    expect(driver.read('dead-letters')).toEqual([])
    expect(driver.halted).toContain(budgetReached)
    // Unfinished: progress stands before the first, and says what is finished behind it.
    const { offset, metadata } = driver.progress('copy', 'questions', 0)
    expect(offset).toBe(0)
    expect(metadata).not.toBe('')
  })

  it('begins no more when a whole window of records could not be paid for', async () => {
    const { began } = await run(['pay 1', 'a', 'pay 2', 'pay 3', 'b'], budgetReached, 2)
    expect(began).not.toContain('b')
    expect(began).toContain('a')
  })
})

describe('a step whose endpoint refuses the key', () => {
  it('begins nothing more', async () => {
    const { driver, began, copied } = await run(['a', 'pay 1', 'b'], keyRefused)
    expect(began).toEqual(['a', 'pay 1'])
    expect(copied).toEqual(['a'])
    expect(driver.read('dead-letters')).toEqual([])
    expect(driver.halted).toEqual([keyRefused])
  })
})
