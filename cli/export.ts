/** `ninefold export`: what the log holds as datasets for trainers, the same bytes for the same records. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { datasetCard } from '../export/card/card.ts'
import type { CardFacts } from '../export/card/facts.ts'
import type { Companion, ExportSummary } from '../export/export.ts'
import { FILE_TYPES, type FileType } from '../export/files/dataset-files.ts'
import { FIELDS } from '../export/filter/fields.ts'
import { parseFilter } from '../export/filter/parse.ts'
import type { Format } from '../export/format.ts'
import { DEFAULT_FORMAT, FORMATS } from '../export/formats.ts'
import { LEAKS_FILE } from '../export/leakage/leaks.ts'
import { llamaFactoryFiles } from '../export/llama-factory.ts'
import type { Selection } from '../export/select.ts'
import { editionFacts } from '../export/session-card.ts'
import { exportSession } from '../export/session-export.ts'
import { SHAPES, type Shape } from '../export/shapes.ts'
import { parseSplit } from '../export/split.ts'
import { openSession, type Session } from '../pipeline/session.ts'
import { EXIT } from './exit-codes.ts'
import { wholeNumber } from './option-values.ts'
import { onProgress, type PipelineOptions, withPipelineOptions } from './session-options.ts'
import { stopOnSignals } from './stop-signals.ts'
import { reportUnreadable, UNREADABLE_HELP } from './unreadable-report.ts'

interface ExportCommandOptions extends PipelineOptions {
  readonly out: string
  readonly shape: readonly Shape[]
  readonly format: readonly Format[]
  readonly type: FileType
  readonly shardSize?: number
  readonly where?: string
  readonly split?: string
  readonly seed: number
  readonly paths: Selection['paths']
  readonly huggingFace?: boolean
  readonly llamaFactory?: boolean
  readonly json?: boolean
}

/** Adds the command `export`. */
export function register(program: Command): void {
  withPipelineOptions(program.command('export'))
    .description('write datasets for trainers, sorted by record id')
    .option('--out <folder>', 'where the files go', './export')
    .addOption(
      new Option('--format <names>', 'formats, separated by commas; listed below')
        .argParser(formats)
        .default([DEFAULT_FORMAT], DEFAULT_FORMAT.name),
    )
    .option(
      '--shape <names>',
      `what a record teaches, separated by commas: ${SHAPES.join(', ')}`,
      shapes,
      SHAPES,
    )
    .addOption(new Option('--type <type>', 'what kind of files').choices(FILE_TYPES).default('jsonl'))
    .option('--shard-size <rows>', 'rows a file at most; default: one file', wholeNumber(1))
    .option('--where <condition>', 'only what fits, e.g. "tier = \'easy\' and score >= 8"')
    .option('--split <parts>', 'parts by a hash of the question, e.g. train=0.9,validation=0.1')
    .option('--seed <number>', 'another seed splits otherwise', wholeNumber(0), 0)
    .addOption(
      new Option('--paths <which>', 'of a question one record, the best, or both')
        .choices(['one', 'both'])
        .default('both'),
    )
    .option('--hugging-face', 'as a dataset repository: data/*.parquet, a config a dataset, and its card')
    .option('--llama-factory', 'with dataset_info.json, training files, and the evaluation')
    .option('--json', 'print counts and paths as JSON')
    .addHelpText('after', HELP)
    .action(runExport)
}

const width = Math.max(
  ...[...FORMATS.map(({ name }) => name), ...Object.keys(FIELDS)].map(({ length }) => length),
)
const HELP = `
Formats of training records, each in the shapes cot (cotmed), response (responsemed) and reason (reasonmed):
${listed((format) => format.unit === 'record')}

Formats made of questions, their paths and verdicts:
${listed((format) => format.unit === 'question')}

Fields of --where, compared by = != < <= > >=, in (…), is null; joined by and, or, not:
${Object.entries(FIELDS)
  .map(
    ([name, { about, of }]) => `  ${name.padEnd(width)}  ${about}${of === 'record' ? ' (of records)' : ''}`,
  )
  .join('\n')}

Of a question that was revised only records of its latest revision are written, of a withdrawn one none.${UNREADABLE_HELP}

JSON: { records, withdrawn, superseded, passedOver, leaked, unreadable, files: [{ dataset, format, shape, part, path, rows }] }.`

function listed(wanted: (format: Format) => boolean): string {
  return FORMATS.filter(wanted)
    .map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`)
    .join('\n')
}

async function runExport(options: ExportCommandOptions): Promise<void> {
  const { out, shape, format, json } = options
  const selection = selectionOf(options)
  const stop = stopOnSignals(() => {})
  const session = await openSession({ ...options, onProgress })
  try {
    const summary = await exportSession(session, {
      folder: out,
      formats: format,
      shapes: shape,
      selection,
      ...layoutOf(options),
      companions: (summary, tally) => companionsOf(session, options, { summary, tally }),
      signal: stop,
    })
    const unreadable = session.unreadable.count
    console.log(json ? JSON.stringify({ ...summary, unreadable }, null, 2) : sentence(summary))
    reportUnreadable(session)
  } catch (error) {
    if (!stop.aborted) throw error
    process.exitCode = EXIT.interrupted
  } finally {
    await session.close()
  }
}

/** Rows a file of a dataset repository: some hundred MB. */
const REPOSITORY_SHARD_ROWS = 100_000

function layoutOf({ huggingFace, type, shardSize }: ExportCommandOptions) {
  if (!huggingFace) return { type, shardRows: shardSize ?? null }
  return { type: 'parquet', shardRows: shardSize ?? REPOSITORY_SHARD_ROWS, within: 'data' } as const
}

async function companionsOf(
  session: Session,
  options: ExportCommandOptions,
  exported: Pick<CardFacts, 'summary' | 'tally'>,
): Promise<Companion[]> {
  const { huggingFace, llamaFactory, format } = options
  const card = async () => {
    const facts = await editionFacts(session)
    const chosenBy = choiceOf(options, facts.recorded?.content.filters ?? [])
    return { name: 'README.md', text: datasetCard({ ...facts, ...exported, chosenBy }) }
  }
  return [
    ...(huggingFace ? [await card()] : []),
    ...(llamaFactory ? llamaFactoryFiles(exported.summary.files, format, options.out) : []),
  ]
}

/** What was asked for, in words. */
function choiceOf({ where, split, seed, paths }: ExportCommandOptions, filters: readonly string[]): string {
  const choices = [
    ...filters.map((filter) => `\`${filter}\``),
    where === undefined ? '' : `\`${where}\``,
    split === undefined ? '' : `parts ${split} with seed ${seed}`,
    paths === 'one' ? 'the best record of a question' : '',
  ].filter((choice) => choice !== '')
  return choices.length === 0 ? 'everything' : choices.join('; ')
}

function selectionOf({ where, split, seed, paths, huggingFace }: ExportCommandOptions): Selection {
  // The Hub knows no dataset without parts.
  const parts = split ?? (huggingFace ? 'train=1' : undefined)
  return {
    where: where === undefined ? null : parseFilter(where),
    split: parts === undefined ? null : parseSplit(parts, seed),
    paths,
  }
}

function sentence({ records, withdrawn, superseded, passedOver, leaked, files }: ExportSummary): string {
  const left = [
    withdrawn > 0 ? `${withdrawn} withdrawn` : '',
    superseded > 0 ? `${superseded} of earlier revisions` : '',
    passedOver > 0 ? `${passedOver} not chosen` : '',
    leaked > 0 ? `${leaked} like protected questions, listed in ${LEAKS_FILE}` : '',
  ].filter((part) => part !== '')
  const without = left.length > 0 ? `; left out: ${left.join(', ')}` : ''
  return [`${records} records${without}`, ...files.map(({ path, rows }) => `  ${path}  ${rows}`)].join('\n')
}

function shapes(text: string): Shape[] {
  return chosen(text, 'shape', SHAPES, (shape) => shape)
}

function formats(text: string): Format[] {
  return chosen(text, 'format', FORMATS, ({ name }) => name)
}

function chosen<T>(text: string, what: string, all: readonly T[], nameOf: (one: T) => string): T[] {
  const named = text.split(',').map((name) => name.trim())
  const unknown = named.find((name) => !all.some((one) => nameOf(one) === name))
  if (unknown !== undefined) {
    const known = all.map(nameOf).join(', ')
    throw new InvalidArgumentError(`There is no ${what} ${JSON.stringify(unknown)}: name ${known}.`)
  }
  return all.filter((one) => named.includes(nameOf(one)))
}
