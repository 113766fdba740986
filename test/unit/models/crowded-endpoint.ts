import type { Endpoint, ModelSpec } from '../../../config/types.ts'
import { type Asker, createAsk } from '../../../models/asker.ts'
import type { Clock } from '../../../models/clock.ts'
import type { ChatEndpoint } from '../../../models/endpoint.ts'
import { CallFailure } from '../../../models/errors.ts'
import type { JournalPort, StoredAnswer } from '../../../models/journal-port.ts'
import type { ChatReply } from '../../../models/reply.ts'
import { endpointAt, model as usual } from './fixtures.ts'

const REPLY: ChatReply = {
  content: 'B',
  reasoning: null,
  finishReason: 'stop',
  promptTokens: 10,
  completionTokens: 5,
}

/** Numbers in [0, 1) that follow from the seed: the linear congruential generator of Numerical Recipes. */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** What an endpoint does that has room for so many. */
export interface Crowd {
  readonly clock: Clock
  readonly random: () => number
  /** How many calls it takes at once, at this moment. */
  readonly room: (now: number) => number
  /** How long an answer takes on average, ms; half to one and a half times as long. */
  readonly latencyMs: number
  /** What it says with a refusal; null when it says nothing. */
  readonly retryAfterMs?: number | null
  readonly status?: number
}

/** An endpoint on a clock, which refuses whom it has no room for. */
export class CrowdedEndpoint implements ChatEndpoint {
  readonly #crowd: Crowd
  /** When calls came, were refused, and were answered. */
  readonly came: number[] = []
  readonly refused: number[] = []
  readonly answered: number[] = []
  inFlight = 0

  constructor(crowd: Crowd) {
    this.#crowd = crowd
  }

  async send(_body: string, signal?: AbortSignal): Promise<ChatReply> {
    const { clock, random, room, latencyMs, retryAfterMs = null, status = 429 } = this.#crowd
    this.came.push(clock.now())
    if (this.inFlight >= room(clock.now())) {
      await clock.sleep(Math.min(20, latencyMs / 10), signal)
      this.refused.push(clock.now())
      throw new CallFailure('wait', `endpoint lab: HTTP ${status}: too many`, {
        status,
        retryAfterMs,
        owed: status !== 429,
      })
    }
    this.inFlight++
    await clock.sleep(latencyMs * (0.5 + random()), signal)
    this.inFlight--
    this.answered.push(clock.now())
    return REPLY
  }

  async close(): Promise<void> {}
}

/** How many of these moments lie within a span. */
export function within(moments: readonly number[], from: number, to: number): number {
  return moments.filter((at) => at >= from && at < to).length
}

/** A journal that keeps nothing. */
class SilentJournal implements JournalPort {
  #entries = 0

  find(): StoredAnswer | null {
    return null
  }

  findElsewhere(): StoredAnswer | null {
    return null
  }

  async append(): Promise<{ journal: string; sequence: number }> {
    return { journal: 'silent', sequence: this.#entries++ }
  }
}

/** Somebody who asks these endpoints. */
export function askerOfCrowd(
  crowd: Readonly<Record<string, CrowdedEndpoint>>,
  { clock, random }: Pick<Crowd, 'clock' | 'random'>,
  limits: Partial<Endpoint> = {},
  priorityOf: (step: string) => number = () => 0,
): { asker: Asker; model: ModelSpec } {
  const names = Object.keys(crowd)
  const model = { ...usual, endpoints: names }
  const journal = new SilentJournal()
  const endpoints = Object.fromEntries(
    names.map((name) => [name, endpointAt('http://127.0.0.1:1/v1', { name, ...limits })]),
  )
  const config = { endpoints, models: { alias: model } }
  const asker = createAsk({ config, journal, clock, random, priorityOf, endpoints: crowd })
  return { asker, model }
}
