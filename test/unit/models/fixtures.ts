import { setTimeout as sleep } from 'node:timers/promises'
import type { Endpoint, ModelSpec } from '../../../config/types.ts'
import type { TextRequest } from '../../../models/ask.ts'
import { type Asker, type AskOptions, createAsk } from '../../../models/asker.ts'
import type { Clock } from '../../../models/clock.ts'
import type { CallRecord, JournalPort, StoredAnswer } from '../../../models/journal-port.ts'

/** A journal in memory. */
export class MemoryJournal implements JournalPort {
  readonly calls: CallRecord[] = []

  find(requestHash: string): StoredAnswer | null {
    const call = this.calls.find((entry) => entry.requestHash === requestHash && entry.status === 'answered')
    if (call === undefined) return null
    const { model, reasoning, text, finishReason, promptTokens, completionTokens } = call
    return { requestHash, model, reasoning, text, finishReason, promptTokens, completionTokens }
  }

  findElsewhere(requestHash: string): StoredAnswer | null {
    return this.find(requestHash)
  }

  async append(call: CallRecord): Promise<{ journal: string; sequence: number }> {
    await new Promise((resolve) => setImmediate(resolve))
    return { journal: 'memory', sequence: this.calls.push(call) - 1 }
  }
}

/** A clock that runs a hundred times too fast, so that back-off takes milliseconds. */
export const hastyClock: Clock = {
  now: () => performance.now() * 100,
  date: () => 1_700_000_000_000 + Math.round(performance.now() * 100),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms / 100)
      signal?.addEventListener('abort', () => {
        clearTimeout(timer)
        reject(signal.reason)
      })
    }),
}

/** Waits until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2)
}

export const endpointAt = (baseURL: string, more: Partial<Endpoint> = {}): Endpoint => ({
  name: 'lab',
  baseURL,
  simulated: null,
  apiKeyEnv: null,
  maxConcurrency: 8,
  requestsPerMinute: null,
  tokensPerMinute: null,
  timeoutSeconds: 5,
  headers: {},
  query: {},
  giveUp: { failures: 10, minutes: 60 },
  ...more,
})

export const model: ModelSpec = {
  name: 'alias',
  endpoints: ['lab'],
  model: 'some-model',
  params: {},
  price: { input: 0.15, output: 0.6 },
}

export const question = (content: string, more: Partial<TextRequest> = {}): TextRequest => ({
  step: 'verify',
  questionId: 'q1',
  model,
  messages: [{ role: 'user', content }],
  temperature: 0.7,
  topP: null,
  maxTokens: 100,
  ...more,
})

/** An answered call as it is entered into a journal. */
export const callRecord = (requestHash: string, text: string): CallRecord => ({
  requestHash,
  step: 'verify',
  questionId: 'set:1',
  model: 'model',
  endpoint: 'lab',
  status: 'answered',
  reasoning: 'because',
  text,
  finishReason: 'stop',
  promptTokens: 3,
  completionTokens: 4,
  costNanoUsd: 5,
  atMostNanoUsd: null,
  startedAt: 6,
  durationMs: 7,
  attempt: 1,
  turnedAway: 0,
  error: null,
})

/** An asker for one endpoint, with its journal. */
export function askerAt(
  baseURL: string,
  more: Partial<AskOptions> & { endpoint?: Partial<Endpoint> } = {},
): { asker: Asker; journal: MemoryJournal } {
  const { endpoint, ...options } = more
  const journal = new MemoryJournal()
  const config = { endpoints: { lab: endpointAt(baseURL, endpoint) }, models: { alias: model } }
  const asker = createAsk({ config, journal, clock: hastyClock, priorityOf: () => 0, ...options })
  return { asker, journal }
}
