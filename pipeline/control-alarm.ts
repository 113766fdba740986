/** Tells whoever waits for a run when the judge lets pass what it must not, and when that is over. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Expectation } from '../config/controls.ts'
import { messageOf } from '../errors.ts'
import { alarmText, type ControlShare, type ControlSource, ControlWatch } from '../progress/judge-controls.ts'
import type { Session } from './session.ts'

const LOOK_MS = 30_000
/** How long a run that ends waits for its last look, ms. */
const LAST_LOOK_MS = 10_000

/** What it needs of a session. */
export interface AlarmSession extends ControlSource, Pick<Session, 'log'> {
  readonly client: { readonly watch: Pick<Session['client']['watch'], 'away'> }
}

/** The alarm of one run; silent where the judge is not controlled. */
export class ControlAlarm {
  readonly #session: AlarmSession
  readonly #say: (line: string, event: string) => void
  readonly #watch: ControlWatch
  readonly #raised = new Set<Expectation>()

  constructor(session: AlarmSession, say: (line: string, event: string) => void) {
    this.#session = session
    this.#say = say
    this.#watch = new ControlWatch(session)
  }

  /** How the judge did when it was last looked at. */
  get shares(): readonly ControlShare[] {
    return this.#watch.shares
  }

  /** Looks again and again until the signal. */
  async follow(signal: AbortSignal): Promise<void> {
    if (this.#session.config.controls === null) return
    while (!signal.aborted) {
      await this.#look()
      await sleep(LOOK_MS, undefined, { signal }).catch(() => {})
    }
  }

  /** Looks once more, so that a run never ends without a word it had to say; not where Kafka is away. */
  async lookLast(): Promise<void> {
    const { config, client } = this.#session
    if (config.controls === null || client.watch.away !== null) return
    const over = new AbortController()
    const grace = sleep(LAST_LOOK_MS, undefined, { signal: over.signal }).catch(() => {})
    await Promise.race([this.#look(), grace])
    over.abort()
  }

  /** What goes wrong is tried again at the next look. */
  async #look(): Promise<void> {
    const { config, log } = this.#session
    try {
      await this.#watch.look()
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'the controls of the judge could not be read')
      return
    }
    for (const share of this.shares) {
      const { verifier, expected, alarm, right, shown } = share
      if (alarm === this.#raised.has(expected) || config.controls === null) continue
      if (alarm) {
        this.#raised.add(expected)
        this.#say(`ALARM: ${alarmText(share, config.controls)}`, 'judge-alarm')
      } else {
        this.#raised.delete(expected)
        this.#say(`the judge ${verifier} does well again: ${right} of ${shown} controls`, 'judge-alarm-over')
      }
    }
  }
}
