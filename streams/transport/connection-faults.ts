/** Why a cluster cannot be used, in words that name the key to mend: KafkaJS's errors bury it in their causes. */
import { messageOf, NinefoldError } from '../../errors.ts'

/** An error of KafkaJS, or one that it wraps. */
export interface KafkaFault extends Error {
  /** Of the protocol, e.g. `TOPIC_AUTHORIZATION_FAILED`. */
  readonly type?: string
  readonly retriable?: boolean
  readonly code?: string
  readonly cause?: unknown
  /** Of an aggregate. */
  readonly errors?: readonly unknown[]
  readonly topic?: string
}

/** Names of OpenSSL's and Node's certificate errors. */
const TLS_FAULT = /certificate|SSL|TLS|EPROTO|altnames|wrong version number/i

/** What kept the first connection from being made. */
export function connectionFault(error: unknown, brokers: readonly string[]): NinefoldError {
  const where = `Kafka at ${brokers.join(', ')}`
  return (
    signInFault(error, where) ??
    new NinefoldError(
      'NF_KAFKA_UNREACHABLE',
      `${where} does not answer: ${chainOf(error).at(-1)?.message ?? messageOf(error)}`,
      'Check kafka.brokers, and that the brokers run; an encrypted port closes connections that are not (kafka.tls).',
      { cause: error },
    )
  )
}

/** The error in the user's words if Kafka does not let us in, or no encrypted connection can be made; else null. */
function signInFault(error: unknown, where: string): NinefoldError | null {
  const faults = chainOf(error)
  const auth = faults.find(({ name }) => /SASL/.test(name))
  if (auth !== undefined) {
    return new NinefoldError(
      'NF_KAFKA_AUTH',
      `${where} does not let us in: ${auth.message}`,
      'Check kafka.sasl: mechanism, username, and the secret its passwordEnv or passwordFile names.',
    )
  }
  const tls = faults.find(({ message, code }) => TLS_FAULT.test(`${message} ${code}`))
  if (tls !== undefined) {
    return new NinefoldError(
      'NF_KAFKA_TLS',
      `${where}: no encrypted connection can be made: ${tls.message}`,
      "Check kafka.tls: `ca` must hold the certificate of who signed the broker's, whose name must be the one under kafka.brokers; without `tls` the port must be one that does not encrypt.",
    )
  }
  return null
}

/**
 * The error in the user's words if Kafka refuses what a worker asks, and will again; else null.
 * @param place who asks, e.g. a step
 */
export function refusal(error: unknown, place: string): NinefoldError | null {
  const known = notAllowed(error) ?? signInFault(error, `Kafka (${place})`)
  if (known !== null) return known
  const fault = chainOf(error).find(({ type }) => type === 'UNKNOWN_TOPIC_OR_PARTITION')
  if (fault === undefined) return null
  return new NinefoldError(
    'NF_TOPIC_GONE',
    `${place}: a topic it reads or writes is gone${fault.topic ? `: ${fault.topic}` : ''}`,
    'Somebody has deleted it, with its records. `ninefold run` makes it anew, empty; load the questions again into a pipeline of another name to have all of it.',
    { cause: error },
  )
}

/** Names of KafkaJS's errors that mean: whoever it asks, nobody is there. */
const NOBODY_THERE =
  /^KafkaJS(BrokerNotFound|Connection|ConnectionClosedError|ConnectionError|RequestTimeoutError)/

/** The error in the user's words if it says that brokers that were there are gone; else null. */
export function brokersLost(error: unknown): NinefoldError | null {
  const fault = chainOf(error).find(({ name }) => NOBODY_THERE.test(name))
  if (fault === undefined) return null
  return new NinefoldError(
    'NF_KAFKA_UNREACHABLE',
    `Kafka does not answer any more: ${fault.message}`,
    'See that the brokers run, and that their disks have room (`ninefold status` shows the local one and its log). Then run it again: what was finished is committed.',
    { cause: error },
  )
}

/** The error in the user's words if it says that this user may not do what was asked; else null. */
export function notAllowed(error: unknown): NinefoldError | null {
  const fault = chainOf(error).find(({ type }) => /_AUTHORIZATION_FAILED$/.test(type ?? ''))
  if (fault === undefined) return null
  const kind = fault.type!.replace('_AUTHORIZATION_FAILED', '').replaceAll('_', ' ').toLowerCase()
  return new NinefoldError(
    'NF_KAFKA_FORBIDDEN',
    `Kafka does not allow this user to use the ${kind}${fault.topic ? ` ${fault.topic}` : ''}: ${fault.message}`,
    'Grant the user the rights that docs/clusters.md lists, for names that begin with the topic prefix and the pipeline.',
    { cause: error },
  )
}

/** Of the protocol, e.g. `UNKNOWN_MEMBER_ID`; empty where the error has none. */
export function typeOf(error: unknown): string {
  return (error as { type?: string } | null)?.type ?? ''
}

/** The error, what caused it, and what it is made of; nothing where it is no error. */
export function chainOf(error: unknown): KafkaFault[] {
  if (!(error instanceof Error)) return []
  const fault = error as KafkaFault
  return [fault, ...(fault.errors ?? []).flatMap(chainOf), ...chainOf(fault.cause)]
}
