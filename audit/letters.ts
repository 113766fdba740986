/** dead-letters and redrive: each failure once, and no order to try again what never failed. */
import type { DeadLetter } from '../schemas/types.ts'
import { DISMISSED } from '../streams/redrive-orders.ts'
import type { Books } from './books.ts'
import { type Reading, readNamed, readRecords } from './reading.ts'

const READING: Reading<'dead-letters'> = {
  topic: 'dead-letters',
  writer: 'dead-letters',
  idOf: ({ deadLetterId }) => deadLetterId,
  keyOf: ({ questionId }) => questionId ?? '',
}

/** The steps whose output an edition may share with its base, by that output. */
const SHARED_OUTPUT = { admit: 'questions', generate: 'raw-paths', verify: 'verdicts' } as const

/** Enters all dead letters, those of the edition this one is built on first. */
export async function readDeadLetters(books: Books): Promise<void> {
  const { source } = books
  if (source.base !== null) {
    for await (const { record } of readNamed(books, source.base.deadLetters, READING)) {
      books.deadLetters.add(record)
      if (isShared(books, record)) books.findings.row(record.step).deadLetters++
    }
  }
  for await (const { record } of readRecords(books, READING)) {
    const { findings, deadLetters } = books
    findings.row(record.step).deadLetters++
    if (deadLetters.add(record)) continue
    const { step, deadLetterId, topic, partition, offset } = record
    const detail = `a dead letter for ${topic}/${partition}/${offset} was written before`
    findings.fault(step, 'twice', deadLetterId, detail)
  }
}

function isShared({ source }: Books, { step }: DeadLetter): boolean {
  const name = step.split('.', 1)[0] as string
  return name in SHARED_OUTPUT && source.shared.has(SHARED_OUTPUT[name as keyof typeof SHARED_OUTPUT])
}

/** Checks, once all topics are read, that every dead letter is about a record that is there. */
export function checkLetters({ findings, deadLetters }: Books): void {
  for (const letter of deadLetters.aboutNothing()) {
    const { deadLetterId, step, questionId, topic, partition, offset } = letter
    const detail = `it is about ${topic}/${partition}/${offset} (question ${questionId}), where no record stands`
    findings.absent(step, deadLetterId, detail)
  }
}

/** Checks the orders to try again, and the dismissals. One that is given twice counts once, and so is no fault. */
export async function checkRedrives(books: Books): Promise<void> {
  const { findings, deadLetters } = books
  const reading: Reading<'redrive'> = {
    topic: 'redrive',
    writer: 'redrive',
    idOf: ({ redriveId }) => redriveId,
    keyOf: null,
  }
  for await (const { record } of readRecords(books, reading)) {
    const { redriveId, deadLetterId, kind } = record
    findings.row('redrive').in++
    if (kind === DISMISSED) deadLetters.dismiss(deadLetterId)
    if (deadLetters.has(deadLetterId)) continue
    findings.fault('redrive', 'from nowhere', redriveId, `there is no dead letter ${deadLetterId}`)
  }
}
