import { expect, it, vi } from 'vitest'
import { NinefoldError } from '../../../errors.ts'
import { memoryCodec } from '../../../schemas/memory-codec.ts'
import { topicNames } from '../../../schemas/topic-names.ts'
import { TOPICS } from '../../../schemas/topics.ts'
import { Absence } from '../../../streams/absence.ts'
import { RecordCodec } from '../../../streams/record-codec.ts'
import { question } from '../../support/records.ts'

const fullName = topicNames({ topicPrefix: '', pipeline: 'p', edition: 'main' })
const unreachable = new NinefoldError('NF_REGISTRY_UNREACHABLE', 'the registry does not answer', 'Start it.')

/** A codec whose registry fails as often as there are failures, and what is told of it. */
function codecOver(failures: Error[]) {
  const told: string[] = []
  const absence = new Absence({ went: ({ reason }) => told.push(reason), returned: () => told.push('back') })
  const inner = memoryCodec()
  const decodeAsync: typeof inner.decodeAsync = async (topic, bytes) => {
    const failure = failures.shift()
    if (failure !== undefined) throw failure
    return inner.decodeAsync(topic, bytes)
  }
  return {
    codec: new RecordCodec({ ...inner, decodeAsync }, fullName, TOPICS, 1, absence),
    told,
    absence,
    inner,
  }
}

async function outcomeOf<T>(promise: Promise<T>): Promise<T | Error> {
  vi.useFakeTimers()
  try {
    const outcome = promise.catch((error: Error) => error)
    await vi.advanceTimersByTimeAsync(60_000)
    return await outcome
  } finally {
    vi.useRealTimers()
  }
}

it('a registry that is away is waited for, and told once when it goes and once when it is back', async () => {
  const { codec, told, inner } = codecOver([unreachable, unreachable, unreachable])
  const bytes = inner.encode('questions', question())
  expect(await outcomeOf(codec.decodeAsync('questions', bytes))).toEqual(question())
  expect(told).toEqual(['the registry does not answer', 'back'])
})

it('a registry that is back and refuses has answered: who asked is told', async () => {
  const refused = new NinefoldError('NF_REGISTRY_REFUSED', 'it refuses us', 'Check the rights.')
  const { codec, told, absence } = codecOver([unreachable, refused])
  expect(await outcomeOf(codec.decodeAsync('questions', Buffer.alloc(5)))).toBe(refused)
  expect(told).toEqual(['the registry does not answer', 'back'])
  expect(absence.now).toBeNull()
})
