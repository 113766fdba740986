/** What failed technically, for good, written down so that it can be understood and tried again. */
import { createHash } from 'node:crypto'
import { messageOf, NinefoldError } from '../errors.ts'
import { withoutSecrets } from '../models/redact.ts'
import { UndecodableError } from '../schemas/decode-errors.ts'
import { contentId } from '../schemas/ids.ts'
import type { DeadLetter, RecordHeader } from '../schemas/types.ts'
import { RecordError } from './processor.ts'
import type { Letter, Try } from './record-codec.ts'

/**
 * Above these the record's bytes stay where they are, in the log, and the letter only says where. All limits
 * together, text at three bytes a character and the key three times, stay below what a broker takes: a dead
 * letter that cannot be published would stop its worker at every start.
 */
const MAX_VALUE_BYTES = 700 * 1024
const MAX_KEY_BYTES = 16 * 1024
const MAX_MESSAGE = 2_000
const MAX_ANSWER = 32 * 1024
const MAX_HEADERS_BYTES = 16 * 1024
/** What others send under such a name is no business of whoever reads dead letters. */
const SECRET_NAME = /authori[sz]ation|cookie|password|secret|token|api-?key/i
const HIDDEN = Buffer.from('***')

/**
 * The dead letter of a failed record. Its id is made of the group, the record's bytes and the letter it was
 * redriven from, so that the same failure met twice is one letter.
 */
export function deadLetterOf(
  failed: {
    letter: Letter
    error: unknown
    groupId: string
    step: string
    /** What must not stand in the letter's texts. */
    secrets: readonly string[]
  } & Try,
): DeadLetter {
  const { letter, error, groupId, step, attempts, redrivenFrom, secrets } = failed
  const answer = error instanceof RecordError ? error.answer : null
  const bytes = createHash('sha256')
    .update(letter.key ?? '')
    .update('\n')
    .update(letter.value ?? '')
  const { value } = letter
  const key = letter.key !== null && letter.key.length > MAX_KEY_BYTES ? null : letter.key
  return {
    deadLetterId: contentId('dead-letter', groupId, bytes.digest('hex'), redrivenFrom),
    group: groupId,
    step,
    topic: letter.topic,
    partition: letter.partition,
    offset: letter.offset,
    questionId: key === null ? null : key.toString('utf8'),
    class: classOf(error),
    message: withoutSecrets(messageFor(error), secrets).slice(0, MAX_MESSAGE),
    attempts,
    answer: answer === null ? null : withoutSecrets(answer, secrets).slice(0, MAX_ANSWER),
    key,
    value: value !== null && value.length > MAX_VALUE_BYTES ? null : value,
    redrivenFrom,
    headers: headersOf(letter, secrets),
  }
}

/** Those of a foreign producer, the first ones where they are large: nothing of ours reads them. */
function headersOf({ headers = {} }: Letter, secrets: readonly string[]): RecordHeader[] {
  const all = Object.entries(headers).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => {
      return { name, value: SECRET_NAME.test(name) ? HIDDEN : withoutSecretBytes(value, secrets) }
    }),
  )
  let bytes = 0
  return all.filter(({ name, value }) => {
    bytes += Buffer.byteLength(name) + value.length
    return bytes <= MAX_HEADERS_BYTES
  })
}

/** Bytes stay as they are unless a secret stands in them. */
function withoutSecretBytes(value: Buffer | string, secrets: readonly string[]): Buffer {
  const bytes = Buffer.from(value)
  return secrets.some((secret) => bytes.includes(secret))
    ? Buffer.from(withoutSecrets(bytes.toString('utf8'), secrets))
    : bytes
}

function classOf(error: unknown): string {
  if (error instanceof RecordError) return error.class
  if (error instanceof UndecodableError) return 'undecodable'
  return 'internal'
}

/** An internal failure is told with its place, since it is ours to mend. */
function messageFor(error: unknown): string {
  if (error instanceof RecordError || error instanceof UndecodableError) return error.message
  if (error instanceof NinefoldError) return `${error.code}: ${error.message} ${error.remedy}`
  const place = error instanceof Error ? error.stack?.split('\n')[1]?.trim() : undefined
  return place === undefined ? messageOf(error) : `${messageOf(error)} (${place})`
}
