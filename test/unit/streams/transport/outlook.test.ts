import { describe, expect, it } from 'vitest'
import { NinefoldError } from '../../../../errors.ts'
import { kafkajs, protocolErrors } from '../../../../streams/transport/kafkajs.ts'
import { outlookOf } from '../../../../streams/transport/outlook.ts'

const { KafkaJSConnectionError, KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded } = kafkajs

/** An error of KafkaJS's that it does not retry, around what caused it. */
const wrapped = (cause: Error) => Object.assign(new KafkaJSNonRetriableError(cause), { cause })
/** Kafka's error of this code, as KafkaJS makes it of an answer. */
const answered = (code: number) => protocolErrors.createErrorFromCode(code)

describe('what is to be expected of a failure', () => {
  it.each([
    ['a refused connection', new KafkaJSConnectionError('connect ECONNREFUSED 127.0.0.1:9092')],
    [
      'one that KafkaJS has given up',
      new KafkaJSNumberOfRetriesExceeded(new KafkaJSConnectionError('closed'), {
        retryCount: 5,
        retryTime: 1,
      }),
    ],
    ['one inside what KafkaJS does not retry', wrapped(new KafkaJSConnectionError('closed'))],
    [
      'a connection that breaks while it is encrypted',
      new KafkaJSConnectionError(
        'Client network socket disconnected before secure TLS connection was established',
      ),
    ],
    ['a coordinator that loads', answered(14)],
    ['a coordinator that has moved', answered(16)],
    ['a partition without a leader', answered(5)],
    ['a group that has gone on', answered(22)],
    ['a member nobody knows', answered(25)],
  ])('%s passes', (_, error) => {
    expect(outlookOf(error)).toBe('passing')
  })

  it.each([
    ['a topic that may not be read', answered(29)],
    ['a group that may not be joined', answered(30)],
    ['a transactional id of somebody else', answered(53)],
    ['a version the broker does not speak', answered(35)],
    ['a group of another kind', answered(23)],
    ['a certificate of nobody', new KafkaJSConnectionError('self-signed certificate in certificate chain')],
    ['what was told in our words already', new NinefoldError('NF_X', 'x', 'y')],
    ['that, wrapped', wrapped(new NinefoldError('NF_X', 'x', 'y'))],
    ['no error at all', 'odd'],
  ])('%s lasts', (_, error) => {
    expect(outlookOf(error)).toBe('lasting')
  })

  it.each([
    ['a topic the broker does not know', answered(3)],
    ['that, after all of KafkaJS’s tries', wrapped(answered(3))],
    ['a fault in somebody’s code', new TypeError("Cannot read properties of undefined (reading 'includes')")],
    ['an epoch that is over', answered(47)],
  ])('of %s nobody knows', (_, error) => {
    expect(outlookOf(error)).toBe('doubtful')
  })
})
