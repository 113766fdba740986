/** What a section of the report is: a question asked of the views, and how its answer is shown. */
import { DEFINITIONS, type Definition } from '../analytics/views/model-is-correct.ts'
import type { Table } from './table.ts'

export { DEFINITIONS, type Definition }

/** A value as ClickHouse gave it; null where there is none to give. */
export type Value = string | number | boolean | null | readonly Value[]

/** A row of an answer, by column. */
export type Row = Readonly<Record<string, Value>>

/** One figure or table of the report. */
export interface Section {
  /** As it is chosen on the command line and keyed in JSON. */
  readonly name: string
  readonly title: string
  /** Why somebody wants to know, in one sentence, with the figure or table of the ReasonMed paper it answers to. */
  readonly why: string
  /** On the views; it may take the parameters of {@link ReportParameters}. */
  readonly select: string
  /** How long it takes on a large dataset, beside the others that have one; left out = next to nothing. */
  readonly weight?: number
  /** What is missing when no row comes. */
  readonly missing: string
  readonly table: (rows: readonly Row[]) => Table
  readonly charts?: (rows: readonly Row[]) => readonly Chart[]
}

/** What the queries are asked with. */
export interface ReportParameters {
  readonly edition: string
  /** When a model counts as right on a question of which it wrote several paths. */
  readonly definition: Definition
  /** The share of its last controls that a judge must get right, 0 to 1; left out = whatever it gets. */
  readonly alarmBelow?: number
}

/** A section with its rows. */
export interface Answer {
  readonly section: Section
  readonly rows: readonly Row[]
}

/** A drawing of an answer. */
export interface Chart {
  /** Bars lie side by side or one on the other; lines run from category to category. */
  readonly kind: 'bars' | 'stacked-bars' | 'lines'
  /** What it shows: its heading, and what is read out to those who do not see it. */
  readonly label: string
  /** What is counted, at the axis. */
  readonly unit: string
  /** Where the axis ends, if values cannot be higher. */
  readonly most?: number
  readonly categories: readonly string[]
  readonly series: readonly Series[]
}

/** A colour of a chart: a value for each category. */
export interface Series {
  readonly name: string
  readonly values: readonly (number | null)[]
}
