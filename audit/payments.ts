/** What was paid for: every call once, none forgotten, and every answer that is used among them. */
import type { Completion } from '../schemas/types.ts'
import { UnreadableRecords } from '../streams/unreadable.ts'
import type { Books } from './books.ts'
import { IdTable } from './id-table.ts'
import { type Reading, readNamed } from './reading.ts'
import { Sequences } from './sequences.ts'

/** The calls answered so far, and the answers used that are not among them. */
export class Payments {
  readonly #answered = new IdTable()
  /** By the answers' numbers: the machine whose journal had it first. */
  readonly #machines: string[] = []
  readonly #unpaid = new IdTable()
  readonly #users: { step: string; id: string }[] = []

  /** Answers that came to a second machine, too: their calls were under way there when the work moved here. */
  elsewhere = 0

  /** An answer came. @returns false when one had come for the same request to the same machine. */
  answer({ requestHash, journal }: Pick<Completion, 'requestHash' | 'journal'>): boolean {
    const machine = machineOf(journal)
    const number = this.#answered.add(requestHash)
    if (number === this.#machines.length) {
      this.#machines.push(machine)
      return true
    }
    if (this.#machines[number] === machine) return false
    this.elsewhere++
    return true
  }

  /** A record names these calls. */
  use(step: string, id: string, requestHashes: readonly string[]): void {
    for (const requestHash of requestHashes) {
      if (this.#answered.has(requestHash) || !this.#unpaid.addNew(requestHash)) continue
      this.#users.push({ step, id })
    }
  }

  /** Answers that are used and were not found, with the first record that names each. */
  *unpaid(): Generator<{ requestHash: string; step: string; id: string }> {
    for (const [number, user] of this.#users.entries()) {
      const requestHash = this.#unpaid.idAt(number)
      if (!this.#answered.has(requestHash)) yield { requestHash, ...user }
    }
  }
}

/** A journal is named after its edition, its machine and its slot: a machine knows of its own answers only. */
function machineOf(journal: string): string {
  return journal.split('-').at(-2) ?? journal
}

const COMPLETIONS: Reading<'completions'> = {
  topic: 'completions',
  writer: 'ask',
  idOf: ({ paymentId }) => paymentId,
  keyOf: ({ questionId }) => questionId,
}

/** Reads what this edition paid, and before it what the one it is built on paid. */
export async function checkPayments(books: Books): Promise<void> {
  const { source, findings, payments } = books
  const row = findings.row('ask')
  if (source.base !== null) {
    for await (const { record } of readNamed(books, source.base.completions, COMPLETIONS)) {
      if (record.status === 'answered') payments.answer(record)
    }
  }
  const journals = new Map<string, Sequences>()
  for await (const { record } of readNamed(books, source.fullName('completions'), COMPLETIONS)) {
    row.in++
    if (!isEntered(books, journals, record)) continue
    if (record.status !== 'answered') continue
    row.out++
    if (payments.answer(record)) continue
    const detail = `request ${record.requestHash} had been answered before on this machine (question ${record.questionId})`
    findings.fault('ask', 'paid twice', record.paymentId, detail)
  }
  for (const [journal, sequences] of journals) {
    for (const { first, last } of sequences.gaps()) {
      const detail = first === last ? 'its journal has later ones' : `nor are those up to ${journal}/${last}`
      findings.absent('ask', `${journal}/${first}`, detail)
    }
  }
}

function isEntered({ findings }: Books, journals: Map<string, Sequences>, completion: Completion): boolean {
  const { journal, sequence, paymentId } = completion
  if (paymentId !== `${journal}/${sequence}`) {
    findings.fault('ask', 'wrong', paymentId, `it is entry ${sequence} of journal ${journal}`)
  }
  const sequences = journals.get(journal) ?? new Sequences()
  journals.set(journal, sequences)
  if (sequences.add(sequence)) return true
  findings.fault('ask', 'twice', paymentId, 'the payment is entered again')
  return false
}

/**
 * Finds the answers that records name and nobody seemed to have paid. An answer found in a journal of this machine may
 * have been paid by another pipeline: only then are other pipelines' completions read.
 */
export async function settlePayments(books: Books): Promise<void> {
  const { source, findings, payments, codec } = books
  // Another pipeline's: its own audit tells what cannot be read there.
  const unreadable = new UnreadableRecords()
  if (payments.unpaid().next().done) return
  for (const topic of source.foreignCompletions) {
    for await (const { partition, offset, value } of source.readTopic(topic)) {
      const place = { topic, partition, offset }
      const call = await unreadable.read(place, () => codec.decodeAsync('completions', value))
      if (call?.status === 'answered') payments.answer(call)
    }
  }
  for (const { requestHash, step, id } of payments.unpaid()) {
    findings.absent('ask', requestHash, `${step} used this answer for ${id}, and it is in no completions`)
  }
}
