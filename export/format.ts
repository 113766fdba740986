/** What a format of an export is: one file in formats/ with one of these, and its line in formats.ts. */
import type { TrainingRecord } from '../schemas/types.ts'
import type { Dossier } from './dossier.ts'
import type { GatheredTopic } from './gather.ts'
import type { Columns, Row } from './row.ts'
import type { Shape } from './shapes.ts'

/** What LLaMA-Factory is told of a file, in dataset_info.json, beside its name. */
export type DatasetInfo = Readonly<Record<string, unknown>>

interface AnyFormat {
  /** As it is asked for, in kebab-case. */
  readonly name: string
  /** What it is and who reads it, in half a sentence. */
  readonly about: string
  readonly columns: Columns
  /** null where LLaMA-Factory has no use for it. */
  readonly datasetInfo: DatasetInfo | null
  /** How LLaMA-Factory trains with it. */
  readonly stage?: 'sft' | 'dpo' | 'kto'
}

/** A line a training record, in each of the three shapes. */
export interface RecordFormat extends AnyFormat {
  readonly unit: 'record'
  readonly row: (record: TrainingRecord, shape: Shape) => Row
}

/** Any number of lines a question. */
export interface QuestionFormat extends AnyFormat {
  readonly unit: 'question'
  /** Topics it needs beside questions and records. */
  readonly topics: readonly GatheredTopic[]
  /** Whether it is made of the records that were chosen, or of questions whether they have any or not. */
  readonly needsRecords: boolean
  /** The rows, each with an `id` made of content, in an order that content decides. */
  readonly rows: (dossier: Dossier, context: FormatContext) => Iterable<Row>
}

/** A format. */
export type Format = RecordFormat | QuestionFormat

/** What a format may know beside the question. */
export interface FormatContext {
  /** Shorter answers are no chain of thought by themselves: `verify.minCharacters` of the configuration. */
  readonly minCharacters: number
}
