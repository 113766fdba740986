/**
 * Tells whoever watches a run that Kafka or the schema registry is away, once when it goes and once when it is back.
 * Meanwhile the worker waits, and keeps what it has finished.
 */
import { NinefoldError } from '../errors.ts'
import { Absence } from '../streams/absence.ts'
import type { Log } from '../streams/log.ts'
import type { Away, BrokerWatch } from '../streams/transport/broker-watch.ts'
import { duration } from '../terminal/numbers.ts'

/** Whose outages they are, and who is told. */
export interface OutagesOptions {
  readonly brokers: readonly string[]
  readonly watch: BrokerWatch
  readonly log: Log
  /** How long Kafka is waited for, ms; Infinity for as long as it takes. */
  readonly patienceMs: number
  /** @param event its name among the events of `--json` */
  tell(text: string, event: string): void
  /** Told when Kafka has been away for too long. */
  failed(error: NinefoldError): void
}

/** Tells until it is disposed of. */
export class Outages implements Disposable {
  /** The registry's, for who finds out that it is away. */
  readonly registry: Absence
  readonly #options: OutagesOptions
  readonly #unlisten: () => void
  #deadline: NodeJS.Timeout | undefined

  constructor(options: OutagesOptions) {
    this.#options = options
    this.#unlisten = options.watch.listen({
      went: (away) => this.#kafkaWent(away),
      returned: (away) => this.#kafkaReturned(away),
    })
    this.registry = new Absence({
      went: ({ reason }) =>
        this.#tell('registry-away', `${reason}; records with a schema nobody here knows yet wait for it`),
      returned: ({ since }) =>
        this.#tell('registry-back', `the schema registry answers again, ${after(since)}`),
    })
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#deadline)
    this.#unlisten()
  }

  #kafkaWent({ since, reason }: Away): void {
    const { patienceMs } = this.#options
    const isPatient = patienceMs === Number.POSITIVE_INFINITY
    const limit = isPatient ? '' : ` for ${duration(patienceMs)} at most`
    this.#tell(
      'kafka-away',
      `${this.#kafka} is away since ${timeOf(since)} (${reason}): waiting for it${limit}. What is finished is kept, calls under way end; Ctrl-C ends this.`,
    )
    if (isPatient) return
    this.#deadline = setTimeout(() => this.#options.failed(this.#tooLong(reason)), patienceMs)
  }

  #kafkaReturned({ since }: Away): void {
    clearTimeout(this.#deadline)
    this.#tell('kafka-back', `${this.#kafka} answers again, ${after(since)}; the work goes on`)
  }

  #tooLong(reason: string): NinefoldError {
    return new NinefoldError(
      'NF_KAFKA_UNREACHABLE',
      `${this.#kafka} has not answered for ${duration(this.#options.patienceMs)}: ${reason}`,
      'See that the brokers run, and that their disks have room (`ninefold status` shows the local one and its log; `ninefold up` starts it). Then run it again: what was finished is kept, and not paid again.',
    )
  }

  get #kafka(): string {
    return `Kafka at ${this.#options.brokers.join(', ')}`
  }

  #tell(event: string, text: string): void {
    this.#options.log.warn({ event }, text)
    this.#options.tell(text, event)
  }
}

function timeOf(date: Date): string {
  return date.toTimeString().slice(0, 8)
}

function after(since: Date): string {
  return `after ${duration(Date.now() - since.getTime())}`
}
