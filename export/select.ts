/** Which records and questions go out, and into which part. */
import { NinefoldError } from '../errors.ts'
import type { Dossier, ScoredRecord } from './dossier.ts'
import { holds } from './filter/condition.ts'
import { FIELDS, type Subject, subjectOfQuestion, subjectOfRecord } from './filter/fields.ts'
import type { Filter } from './filter/parse.ts'
import type { Format } from './format.ts'
import { partOf, type Split } from './split.ts'

/** What to choose. */
export interface Selection {
  readonly where: Filter | null
  readonly split: Split | null
  /** `one`: of a question only the record that is ranked best among those the filter lets through. */
  readonly paths: 'one' | 'both'
}

/** Everything, in one part. */
export const EVERYTHING: Selection = { where: null, split: null, paths: 'both' }

/** A question that was looked at. */
export interface Selected {
  /** With the chosen records only. */
  readonly dossier: Dossier
  /** Whether it goes out as a question, with records or without. */
  readonly asQuestion: boolean
  /** null where there are no parts. */
  readonly part: string | null
  /** Records that were not chosen. */
  readonly passedOver: number
}

/** Chooses of one question. */
export function select(dossier: Dossier, { where, split, paths }: Selection): Selected {
  const fitting = dossier.records.filter((record) => fits(where, subjectOfRecord(record)))
  const records: readonly ScoredRecord[] = paths === 'one' ? fitting.slice(0, 1) : fitting
  return {
    dossier: { ...dossier, records },
    asQuestion: asksForRecords(where) ? false : fits(where, subjectOfQuestion(dossier)),
    part: split === null ? null : partOf(split, dossier.question),
    passedOver: dossier.records.length - records.length,
  }
}

/**
 * Refuses to choose whole questions by what only records have.
 * @throws {NinefoldError} NF_EXPORT_FILTER
 */
export function checkFilter(where: Filter | null, formats: readonly Format[]): void {
  const format = formats.find((one) => one.unit === 'question' && !one.needsRecords)
  const field = fieldOfRecords(where)
  if (format === undefined || field === undefined) return
  throw new NinefoldError(
    'NF_EXPORT_FILTER',
    `--where asks for ${field}, which only a record has, but ${format.name} is made of questions whether they have records or not`,
    `Export ${format.name} by itself with a filter on ${questionFields().join(', ')}.`,
  )
}

function fits(where: Filter | null, subject: Subject): boolean {
  return where === null || holds(where.condition, subject) === true
}

function asksForRecords(where: Filter | null): boolean {
  return fieldOfRecords(where) !== undefined
}

function fieldOfRecords(where: Filter | null): string | undefined {
  return [...(where?.fields ?? [])].find((name) => FIELDS[name]?.of === 'record')
}

function questionFields(): string[] {
  return Object.keys(FIELDS).filter((name) => FIELDS[name]?.of === 'question')
}
