/** questions, records → records of kind withdrawn: one for each record whose question has a later revision, and no other. */
import { stateKey } from '../processors/triage-state.ts'
import { withdrawalOf, withdraw as withdrawStep } from '../processors/withdraw.ts'
import { contentId } from '../schemas/ids.ts'
import type { TrainingRecord } from '../schemas/types.ts'
import type { Findings } from './findings.ts'
import type { Questions } from './questions.ts'

/** A record that counts no more. */
interface Outdated {
  /** Fingerprint of what withdraws it. */
  readonly withdrawal: string
  /** Whether withdraw gave up on it. */
  readonly dead: boolean
}

/** Records that count no more, and what withdraws them; few beside all records. */
export class Withdrawals {
  readonly #step = withdrawStep.step
  readonly #outdated = new Map<string, Outdated>()
  /** Fingerprints by record id. */
  readonly #found = new Map<string, string>()

  /** A record that was made. @param dead whether withdraw gave up on it */
  enterRecord(record: TrainingRecord, questions: Questions, dead: boolean): void {
    const { questionId, revision } = record.question
    const isOutdated = questions.byName(stateKey({ questionId, revision: revision + 1 })) !== undefined
    if (isOutdated)
      this.#outdated.set(record.recordId, { withdrawal: fingerprint(withdrawalOf(record)), dead })
  }

  /** One of kind withdrawn. */
  enterWithdrawal(withdrawal: TrainingRecord, findings: Findings): void {
    const { recordId } = withdrawal
    findings.row(this.#step).out++
    if (this.#found.has(recordId)) findings.fault(this.#step, 'twice', recordId, 'it was withdrawn before')
    this.#found.set(recordId, fingerprint(withdrawal))
  }

  /** Compares both, once all records were read. */
  settle(findings: Findings): void {
    findings.row(this.#step).in += this.#outdated.size
    for (const [recordId, { withdrawal, dead }] of this.#outdated) {
      const found = this.#found.get(recordId)
      if (found === withdrawal || (found === undefined && dead)) continue
      if (found === undefined) {
        findings.absent(this.#step, recordId, 'its question has a later revision, and it was not withdrawn')
      } else {
        findings.fault(this.#step, 'wrong', recordId, 'what withdraws it tells something else of it')
      }
    }
    for (const recordId of this.#found.keys()) {
      if (this.#outdated.has(recordId)) continue
      const detail = 'it was withdrawn, and no such record of a question with a later revision is there'
      findings.fault(this.#step, 'from nowhere', recordId, detail)
    }
  }
}

function fingerprint(withdrawal: TrainingRecord): string {
  return contentId('withdrawal', withdrawal)
}
