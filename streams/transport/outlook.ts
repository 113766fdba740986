/** What is to be expected of a failure: whether it passes by itself, whoever met it. */
import { NinefoldError } from '../../errors.ts'
import { chainOf } from './connection-faults.ts'

/**
 * `passing`: a broker is away, or moves something; waited for, however long it takes.
 * `doubtful`: nobody knows; worth some tries.
 * `lasting`: only somebody can mend it, who must be told.
 */
export type Outlook = 'passing' | 'doubtful' | 'lasting'

/** Kafka's errors of requests that will be refused again and again. */
const REFUSED =
  /_AUTHORIZATION_FAILED$|^(UNSUPPORTED_|INVALID_(TOPIC_EXCEPTION|GROUP_ID|SESSION_TIMEOUT|TRANSACTION_TIMEOUT)|INCONSISTENT_GROUP_PROTOCOL|SECURITY_DISABLED|SASL_AUTHENTICATION_FAILED)/
/** KafkaJS's own. */
const REFUSED_BY_NAME = /SASLAuthentication|ServerDoesNotSupportApiKey|NotImplemented/
/** A certificate stays what it is; a connection that breaks while it is being encrypted says nothing. */
const CERTIFICATE = /certificate|altnames|wrong version number|unknown ca/i
/** Kafka says this of a topic that is gone, and of one that a broker has not heard of yet. */
const UNKNOWN_TOPIC = 'UNKNOWN_TOPIC_OR_PARTITION'
/** The group moves on: it is joined again. */
const MOVING = /^(ILLEGAL_GENERATION|UNKNOWN_MEMBER_ID|REBALANCE_IN_PROGRESS|MEMBER_ID_REQUIRED)$/
const PASSING_BY_NAME =
  /Connection|BrokerNotFound|NoBrokerAvailable|GroupCoordinatorNotFound|RequestTimeout|MetadataNotLoaded|LockTimeout/

/** What is to be expected of this failure. */
export function outlookOf(error: unknown): Outlook {
  const faults = chainOf(error)
  if (faults.length === 0 || faults.some((fault) => fault instanceof NinefoldError)) return 'lasting'
  if (
    faults.some(
      ({ type = '', name, message }) =>
        REFUSED.test(type) || REFUSED_BY_NAME.test(name) || CERTIFICATE.test(message),
    )
  ) {
    return 'lasting'
  }
  if (faults.some(({ type }) => type === UNKNOWN_TOPIC)) return 'doubtful'
  const passes = faults.some(
    ({ type = '', name, retriable }) =>
      MOVING.test(type) || PASSING_BY_NAME.test(name) || (type !== '' && retriable),
  )
  return passes ? 'passing' : 'doubtful'
}

/** Whether trying again helps, sooner or later. */
export function isPassing(error: unknown): boolean {
  return outlookOf(error) === 'passing'
}
