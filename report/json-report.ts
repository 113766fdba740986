/** The report for scripts. */
import type { Answer, ReportParameters, Row } from './section.ts'

/** A section's rows, as the views give them. */
export interface JsonSection {
  readonly title: string
  readonly why: string
  /** What is missing; null where there are rows. */
  readonly missing: string | null
  readonly rows: readonly Row[]
}

/** All of it: the sections by their names. */
export interface JsonReport extends ReportParameters {
  readonly pipeline: string
  readonly sections: Readonly<Record<string, JsonSection>>
}

/** Shares are parts of one, money is in USD. */
export function jsonReport(
  pipeline: string,
  parameters: ReportParameters,
  answers: readonly Answer[],
): JsonReport {
  return {
    pipeline,
    ...parameters,
    sections: Object.fromEntries(
      answers.map(({ section: { name, title, why, missing }, rows }) => [
        name,
        { title, why, missing: rows.length === 0 ? missing : null, rows },
      ]),
    ),
  }
}
