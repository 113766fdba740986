/** All that an edition knows of one question, as far as the formats of an export want it. */
import type { Kept, Question, TrainingRecord, Triaged, Verdict } from '../schemas/types.ts'

/** A training record that counts. */
export interface ScoredRecord {
  readonly record: TrainingRecord
  /** The mean of its scores, 1 to 10; null where it was not scored, or scores were not asked for. */
  readonly score: number | null
}

/** One question at its latest revision; what belongs to earlier ones is left out. */
export interface Dossier {
  readonly question: Question
  /** In the order of their rank. */
  readonly records: readonly ScoredRecord[]
  /** null where triage has not decided yet. */
  readonly triaged: Triaged | null
  /** Judged paths that triage counted, in the order of their samplers. */
  readonly verdicts: readonly Verdict[]
  /** The chains of thought behind the records, in the order of their ids. */
  readonly kept: readonly Kept[]
}
