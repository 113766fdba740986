import { expect, it } from 'vitest'
import { LetterBreakers } from '../../../streams/letter-breakers.ts'
import { silentLog } from '../../../streams/log.ts'
import type { AnyProcessor } from '../../../streams/processor.ts'
import { MemoryBroker } from '../../../streams/testing/memory-broker.ts'
import { copy } from '../../support/toy-processors.ts'

const step = copy as AnyProcessor
const limits = { maxShare: 0.5, window: 10 }

function breakersOn(broker: MemoryBroker, told: string[] = []): LetterBreakers {
  return new LetterBreakers({
    limits,
    reader: broker,
    topic: 'letters',
    log: { ...silentLog, warn: (_facts, message) => told.push(message ?? '') },
    openProducer: async (id) => broker.producer(id),
  })
}

async function tripOf(breakers: LetterBreakers): Promise<void> {
  const breaker = await breakers.of('group', step)
  while (breaker.failed({ class: 'refused', message: '' }) === null);
  await breakers.settled()
}

it('is one a step, and knows in the log how often the step was stopped', async () => {
  const broker = new MemoryBroker(1, () => 'committed')
  const breakers = breakersOn(broker)
  const [first, same, other] = await Promise.all(
    ['group', 'group', 'other'].map((id) => breakers.of(id, step)),
  )
  expect([first === same, first === other, first?.trips]).toEqual([true, false, 0])
  for (const stops of [1, 2, 3]) {
    await tripOf(breakersOn(broker))
    expect((await breakersOn(broker).of('group', step)).trips).toBe(stops)
  }
  expect((await breakersOn(broker).of('other', step)).trips).toBe(0)
})

it('stops the step all the same where that cannot be noted, and tells it', async () => {
  const told: string[] = []
  const broker = new MemoryBroker(1, () => 'aborted')
  await tripOf(breakersOn(broker, told))
  expect(told).toEqual(['a stop could not be noted'])
  expect((await breakersOn(broker).of('group', step)).trips).toBe(0)
})
