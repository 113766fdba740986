/** Reads what is new in the counted topics, again and again: the screen shows what the log says, and nothing else. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from '../pipeline/session.ts'
import { readNew } from '../sinks/session-records.ts'
import { COUNTED, type CountedTopic, Tally } from './tally.ts'

const POLL_MS = 300

/** Follows a session's topics. */
export class Telemetry {
  readonly tally = new Tally()
  readonly #session: Session
  /** Where to read on, by topic and partition. */
  readonly #positions = new Map(COUNTED.map((topic) => [topic, new Map<number, number>()]))

  constructor(session: Session) {
    this.#session = session
  }

  /** Reads on until it is told to stop. */
  async follow(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.catchUp()
      await sleep(POLL_MS, undefined, { signal: stop }).catch(() => {})
    }
  }

  /** Reads up to where the topics end now. */
  async catchUp(): Promise<void> {
    for (const topic of COUNTED) await this.#read(topic)
  }

  async #read(topic: CountedTopic): Promise<void> {
    for await (const { record } of readNew(this.#session, topic, this.#positions.get(topic)!))
      this.tally.add(topic, record)
  }
}
