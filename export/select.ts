/** Which records and questions go out, and into which part. */
import { NinefoldError } from '../errors.ts'
import type { Dossier, ScoredRecord } from './dossier.ts'
import { holds } from './filter/condition.ts'
import { FIELDS, type Subject, subjectOfQuestion, subjectOfRecord } from './filter/fields.ts'
import { type Filter, parseFilter } from './filter/parse.ts'
import type { Format } from './format.ts'
import { partOf, type Split } from './split.ts'

/** What to choose. */
export interface Selection {
  readonly where: Filter | null
  /** An edition's own, each of which must hold. Those that ask for a record's fields say nothing of whole questions. */
  readonly filters?: readonly Filter[]
  readonly split: Split | null
  /** `one`: of a question only the record that is ranked best among those the filter lets through. */
  readonly paths: 'one' | 'both'
}

/** Everything, in one part. */
export const EVERYTHING: Selection = { where: null, split: null, paths: 'both' }

/** The same choice among what an edition's filters let through. */
export function filtered(selection: Selection, filters: readonly string[]): Selection {
  return { ...selection, filters: filters.map((text) => parseFilter(text, 'filters')) }
}

/** Whether any condition asks for a field. */
export function asksFor({ where, filters = [] }: Selection, field: string): boolean {
  return [where, ...filters].some((one) => one?.fields.has(field))
}

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
export function select(dossier: Dossier, { where, filters = [], split, paths }: Selection): Selected {
  const fitting = dossier.records.filter((record) => {
    const subject = subjectOfRecord(record)
    return fits(where, subject) && filters.every((filter) => fits(filter, subject))
  })
  const asked = subjectOfQuestion(dossier)
  const records: readonly ScoredRecord[] = paths === 'one' ? fitting.slice(0, 1) : fitting
  return {
    dossier: { ...dossier, records },
    asQuestion:
      !asksForRecords(where) &&
      fits(where, asked) &&
      filters.every((filter) => asksForRecords(filter) || fits(filter, asked)),
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
