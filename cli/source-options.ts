/** The options that say how question files are read, and what holds for all of their questions. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type QuestionSource, resolveQuestionSource } from '../config/question-sources.ts'
import {
  type ColumnMap,
  FORMAT_NAMES,
  type FormatName,
  MAPPED_FIELDS,
  type MappedField,
} from '../sources/format-names.ts'
import type { LoadOptions } from '../sources/question-line.ts'
import { wholeNumber } from './option-values.ts'

/** What they give. */
export interface SourceOptions {
  readonly format?: FormatName
  readonly map?: ColumnMap
  readonly indexFrom?: 0 | 1
  readonly source?: string
  readonly split?: string
  readonly licence?: string
  readonly language?: string
  readonly label?: readonly string[]
  readonly limit?: number
  readonly sample?: number
  readonly seed?: string
}

/** Adds them. */
export function withSourceOptions(command: Command): Command {
  return command
    .addOption(new Option('--format <name>', 'how to read; default: guessed').choices(FORMAT_NAMES))
    .option('--map <list>', 'columns by field, e.g. question=stem,options=opa+opb+opc,answer=key', columnMap)
    .option('--index-from <n>', 'what numbers as answers count the options from: 0 or 1', zeroOrOne)
    .option('--source <name>', 'source of questions that name none')
    .option('--split <name>', 'split of questions that name none, e.g. train')
    .option('--licence <name>', 'licence of questions that name none')
    .option('--language <tag>', 'language (BCP 47) of questions that name none, e.g. en')
    .option('--label <label>', 'label for all questions; may be given again', collected)
    .option('--limit <n>', 'take this many questions at most', wholeNumber(1))
    .option('--sample <share>', 'take this share of the questions, chosen by their ids', share)
    .option('--seed <text>', 'another seed is another sample')
}

/** A path read as the options say. */
export function sourceOf(path: string, { limit, sample, seed }: SourceOptions): QuestionSource {
  return resolveQuestionSource({ path, limit, sample, seed })
}

/** What the options say about all questions of the load. */
export function loadOptionsOf(options: SourceOptions): LoadOptions {
  const { format, map, indexFrom, source, split, licence, language, label } = options
  return { format, map, indexFrom, source, split, licence, language, labels: label }
}

function columnMap(text: string): ColumnMap {
  const map: Partial<Record<MappedField, string | string[]>> = {}
  for (const entry of text.split(',')) {
    const at = entry.indexOf('=')
    const field = entry.slice(0, Math.max(at, 0)).trim()
    const columns = entry
      .slice(at + 1)
      .split('+')
      .map((column) => column.trim())
    if (at < 0 || columns.some((column) => column === '')) {
      throw new InvalidArgumentError(`${JSON.stringify(entry)} is not FIELD=COLUMN, or FIELD=COLUMN+COLUMN.`)
    }
    if (!isField(field)) {
      throw new InvalidArgumentError(
        `There is no field ${JSON.stringify(field)}: ${MAPPED_FIELDS.join(', ')}.`,
      )
    }
    map[field] = columns.length === 1 ? columns[0]! : columns
  }
  return map
}

function isField(name: string): name is MappedField {
  return (MAPPED_FIELDS as readonly string[]).includes(name)
}

function zeroOrOne(text: string): 0 | 1 {
  if (text === '0' || text === '1') return text === '0' ? 0 : 1
  throw new InvalidArgumentError('Give 0 or 1.')
}

function collected(label: string, before: readonly string[] = []): string[] {
  return [...before, label]
}

function share(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (value > 0 && value <= 1) return value
  throw new InvalidArgumentError('Give a share above 0, up to 1.')
}
