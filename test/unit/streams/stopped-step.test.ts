/** A step of which nearly everything fails: it stops, nothing is lost, and it goes on once the cause is mended. */
import { describe, expect, it } from 'vitest'
import type { Ask, TextRequest } from '../../../models/ask.ts'
import { type AnyProcessor, type Processor, RecordError } from '../../../streams/processor.ts'
import { TopologyDriver } from '../../../streams/testing/topology-driver.ts'
import { FakeAsk } from '../../support/fake-ask.ts'
import { config } from '../../support/records.ts'
import { copy, toyQuestion } from '../../support/toy-processors.ts'

const RECORDS = 60
const onePartition = config({
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

/** An endpoint behind a journal: what was answered once is answered so for ever. */
class JournaledEndpoint {
  isBroken = true
  readonly #journal = new Map<string, string>()
  readonly ask: Ask

  constructor() {
    const fake = new FakeAsk({ verify: (request) => this.#answer(request) })
    this.ask = fake
  }

  get calls(): number {
    return this.#journal.size
  }

  #answer({ messages, try: number = 1 }: TextRequest): string {
    const request = `${messages[0]?.content} ${number}`
    const known = this.#journal.get(request)
    if (known !== undefined) return known
    const answer = this.isBroken ? 'nonsense' : 'sense'
    this.#journal.set(request, answer)
    return answer
  }
}

/** Copies what the endpoint answers sensibly. */
const asking: Processor<'questions', 'raw-paths'> = {
  ...copy,
  async process(input, context) {
    const { stem } = input.value
    const model = onePartition.roles.verify.model
    const messages = [{ role: 'user' as const, content: stem }]
    const sampling = { temperature: 0, topP: null, maxTokens: null, retryMaxTokens: null }
    const { text } = await context.ask.text({ step: 'verify', questionId: 'q', model, messages, ...sampling })
    if (text !== 'sense') throw new RecordError('malformed-answer', `${stem}: ${text}`, text)
    return copy.process(input, context)
  },
}

function driven(endpoint: JournaledEndpoint, processor: AnyProcessor = asking, limits = {}) {
  const deadLetters = { ...onePartition.deadLetters, ...limits }
  const driver = new TopologyDriver({
    config: { ...onePartition, deadLetters },
    processors: [processor],
    ask: endpoint.ask,
    window: 8,
  })
  for (let at = 0; at < RECORDS; at++) driver.pipe('questions', toyQuestion('q', `stem ${at}`))
  const made = () => driver.read('raw-paths').filter(({ kind }) => kind === 'path')
  return { driver, letters: () => driver.read('dead-letters'), made }
}

describe('a step of which everything fails', () => {
  it('stops before all is given up, and says why', async () => {
    const { driver, letters } = driven(new JournaledEndpoint())
    await driver.settle()
    expect(letters()).toHaveLength(19)
    const [stop] = driver.halted
    expect(stop).toMatchObject({ code: 'NF_DEAD_LETTER_SHARE' })
    expect(stop?.message).toContain('20 of the last 20 records failed (20 malformed-answer)')
    expect(driver.lag('copy', 'questions')).toBeGreaterThan(0)
  })

  it('gives up two more at most at each start while nothing is mended', async () => {
    const endpoint = new JournaledEndpoint()
    const { driver, letters } = driven(endpoint)
    await driver.settle()
    for (let start = 1; start <= 3; start++) {
      const before = letters().length
      await driver.restart()
      expect(letters().length - before).toBeLessThanOrEqual(2)
      expect(driver.halted).not.toEqual([])
    }
  })

  it('does everything it had not given up once the cause is mended, though bad answers are in the journal', async () => {
    const endpoint = new JournaledEndpoint()
    const { driver, letters, made } = driven(endpoint)
    await driver.settle()
    const given = letters().length
    const answered = endpoint.calls
    expect(answered).toBeGreaterThan(given)
    endpoint.isBroken = false
    await driver.restart()
    expect(driver.halted).toEqual([])
    expect(driver.lag('copy', 'questions')).toBe(0)
    expect([letters().length, made().length]).toEqual([given, RECORDS - given])
    const stems = [
      ...letters().map(({ message }) => message.split(':')[0]),
      ...made().map(({ pathId }) => pathId),
    ]
    expect(new Set(stems).size).toBe(RECORDS)
  })

  it('gives everything up where the configuration says so', async () => {
    const { driver, letters } = driven(new JournaledEndpoint(), asking as AnyProcessor, { maxShare: 1 })
    await driver.settle()
    expect([letters().length, driver.halted]).toEqual([RECORDS, []])
  })

  it('is stopped by what cannot be read, too', async () => {
    const { driver, letters } = driven(new JournaledEndpoint(), copy as AnyProcessor)
    for (let at = 0; at < 200; at++) driver.pipeBytes('questions', 'q', Buffer.from(`garbage ${at}`))
    await driver.settle()
    expect(driver.halted[0]?.message).toContain('undecodable')
    expect(letters().length).toBeLessThan(100)
  })
})

it('what triage and judges say is no failure: missing paths and Errors stop nothing', async () => {
  const passing: Processor<'questions', 'raw-paths'> = {
    ...copy,
    process: async ({ value }) =>
      copy.standIn!({ topic: 'questions', value }, { deadLetterId: 'd', class: '', message: '' }),
  }
  const { driver, letters } = driven(new JournaledEndpoint(), passing as AnyProcessor)
  await driver.settle()
  expect([letters(), driver.halted]).toEqual([[], []])
  expect(driver.read('raw-paths')).toHaveLength(RECORDS)
})
