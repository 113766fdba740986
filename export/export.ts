/**
 * An edition's dataset as files: what counts of the log, chosen, in formats that trainers read. Training records come in
 * the order of their ids, what is made of questions in the order of question ids: equal topics make equal bytes, in
 * whatever order they were filled. Memory is bounded by one run of an external sort and one question.
 *
 * Files appear under their names when all are whole, in the place of what was there. Whatever fails before that leaves
 * the folder as it was.
 */
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { TrainingRecord } from '../schemas/types.ts'
import { sorted } from '../sinks/external-sort.ts'
import type { Keyed } from '../sinks/run-file.ts'
import { diskFault } from '../stack/disk-fault.ts'
import { currentDossier } from './current.ts'
import { type Dataset, DatasetFiles, type FileType } from './files/dataset-files.ts'
import type { Format } from './format.ts'
import { DEFAULT_FORMAT } from './formats.ts'
import { type GatheredTopic, gather, type ReadTopic } from './gather.ts'
import { LEAKS_FILE, Leaks } from './leakage/leaks.ts'
import type { ProtectedQuestions } from './leakage/protected-questions.ts'
import { asksFor, checkFilter, EVERYTHING, type Selected, type Selection, select } from './select.ts'
import { DATASET_OF_SHAPE, SHAPES, type Shape } from './shapes.ts'
import { Tally } from './tally.ts'

/** What to export, and where to. */
export interface ExportOptions {
  readonly read: ReadTopic
  readonly folder: string
  /** Shorter answers are no chain of thought by themselves: `verify.minCharacters` of the configuration. */
  readonly minCharacters: number
  /** Default: Alpaca. */
  readonly formats?: readonly Format[]
  /** Of formats that have them; default: all. */
  readonly shapes?: readonly Shape[]
  /** Default: everything. */
  readonly selection?: Selection
  /** What is like one of these is kept out, and listed in leaked.jsonl; default: nothing. */
  readonly protectedQuestions?: ProtectedQuestions | null
  /** Default: JSONL. */
  readonly type?: FileType
  /** Rows a file at most; default: no limit. */
  readonly shardRows?: number | null
  /** The folder within the folder that the files go to; default: itself. */
  readonly within?: string
  /** Files that belong to the dataset, made when all is counted. */
  readonly companions?: (summary: ExportSummary, tally: Tally) => Promise<readonly Companion[]>
  /** Characters of records sorted in memory at a time. Default: 32 million. */
  readonly runCharacters?: number
  /** Ends the export; nothing is left of it. */
  readonly signal?: AbortSignal
}

/** A text file beside the data. */
export interface Companion {
  /** Seen from the folder. */
  readonly name: string
  readonly text: string
}

/** A data file. */
export interface ExportedFile {
  readonly dataset: string
  readonly format: string
  /** null where the format has no shapes. */
  readonly shape: Shape | null
  /** null where there are no parts. */
  readonly part: string | null
  readonly path: string
  readonly rows: number
}

/** What was exported. */
export interface ExportSummary {
  /** Training records chosen. */
  readonly records: number
  /** Records left out: withdrawn, or of a question that is. */
  readonly withdrawn: number
  /** Records left out: of a question that has a later revision. */
  readonly superseded: number
  /** Records left out: not chosen. */
  readonly passedOver: number
  /** Records left out: their question is like a protected one. */
  readonly leaked: number
  readonly files: readonly ExportedFile[]
}

/** Records chosen, and left out. */
export type Counts = { -readonly [K in Exclude<keyof ExportSummary, 'files'>]: ExportSummary[K] }

/** Nothing counted yet. */
export const NO_COUNTS: Readonly<Counts> = {
  ...{ records: 0, withdrawn: 0, superseded: 0, passedOver: 0, leaked: 0 },
}

const RUN_CHARACTERS = 32_000_000
const TRIAGED: readonly GatheredTopic[] = ['triaged-easy', 'triaged-medium', 'triaged-difficult']

/**
 * Writes the files.
 * @throws {NinefoldError} NF_EXPORT_CONFLICT when two records of one id say different things; NF_EXPORT_FILTER when a
 * format cannot be chosen by what the filter asks for
 * @throws {DiskFault} when the folder cannot be written; what was there stays as it was
 */
export async function exportDatasets(options: ExportOptions): Promise<ExportSummary> {
  const { folder, within = '.', selection = EVERYTHING, companions } = options
  checkFilter(selection.where, options.formats ?? [DEFAULT_FORMAT])
  const work = await workFolderIn(folder)
  const outputs = outputsOf(options, work)
  const leaks = options.protectedQuestions ? await Leaks.open(options.protectedQuestions, work) : null
  try {
    const counts: Counts = { ...NO_COUNTS }
    const tally = new Tally()
    await writeAll(options, outputs, { work, counts, tally, leaks })
    for (const output of outputs) await output.finish()
    await leaks?.finish()
    await mkdir(join(folder, within), { recursive: true })
    const files = await filesOf(outputs, join(folder, within))
    // An earlier export's list says nothing of this one.
    if (leaks === null) await rm(join(folder, LEAKS_FILE), { force: true })
    else await rename(join(work, LEAKS_FILE), join(folder, LEAKS_FILE))
    const summary = { ...counts, files }
    await writeCompanions((await companions?.(summary, tally)) ?? [], folder, work)
    return summary
  } catch (error) {
    await Promise.allSettled([...outputs, ...(leaks === null ? [] : [leaks])].map((output) => output.close()))
    throw diskFault(error, folder) ?? error
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Beside the files, since only there can they be renamed into place. */
async function workFolderIn(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true })
    return await mkdtemp(join(folder, '.export-'))
  } catch (error) {
    throw diskFault(error, folder) ?? error
  }
}

function outputsOf(options: ExportOptions, work: string): DatasetFiles[] {
  const { formats = [DEFAULT_FORMAT], shapes = SHAPES, selection = EVERYTHING } = options
  const { type = 'jsonl', shardRows = null } = options
  const parts = selection.split?.parts.map(({ name }) => name) ?? [null]
  return formats
    .flatMap((format) => datasetsOf(format, shapes))
    .map((dataset) => new DatasetFiles(dataset, { work, type, shardRows, parts }))
}

/** The datasets a format makes. The default format's carry the bare names of the shapes. */
function datasetsOf(format: Format, shapes: readonly Shape[]): Dataset[] {
  if (format.unit === 'question') return [{ name: format.name, format, shape: null }]
  const ending = format === DEFAULT_FORMAT ? '' : `-${format.name}`
  return shapes.map((shape) => ({ name: `${DATASET_OF_SHAPE[shape]}${ending}`, format, shape }))
}

/** Topics that the formats are made of, and the filter asks for. */
function topicsOf(formats: readonly Format[], selection: Selection): GatheredTopic[] {
  const ofQuestions = formats.filter((format) => format.unit === 'question')
  return [
    ...new Set<GatheredTopic>([
      ...(['questions', 'records'] as const),
      ...(ofQuestions.length > 0 ? TRIAGED : []),
      ...ofQuestions.flatMap(({ topics }) => topics),
      ...(asksFor(selection, 'score') ? (['scores'] as const) : []),
    ]),
  ]
}

interface Progress {
  readonly work: string
  readonly counts: Counts
  readonly tally: Tally
  readonly leaks: Leaks | null
}

/** Two passes: questions in their order, which gives the records; records in the order of their ids. */
async function writeAll(
  options: ExportOptions,
  outputs: readonly DatasetFiles[],
  progress: Progress,
): Promise<void> {
  const { minCharacters, formats = [DEFAULT_FORMAT], runCharacters, signal } = options
  const context = { minCharacters }
  const written = async function* (): AsyncGenerator<Selected> {
    for await (const question of selectedQuestions({ ...options, formats }, progress)) {
      for (const output of outputs) await writeQuestion(output, question, context)
      yield question
    }
  }
  for await (const { record, part } of recordsInOrder(written(), { work: progress.work, runCharacters })) {
    signal?.throwIfAborted()
    progress.counts.records++
    progress.tally.add(record)
    for (const output of outputs) await writeRecord(output, record, part)
  }
}

/** A chosen record, and the part it goes to. */
interface SortedRecord {
  readonly record: TrainingRecord
  readonly part: string | null
}

/** The records of questions, in the order of their own ids. @param work a folder for the sort's files */
export async function* recordsInOrder(
  questions: AsyncIterable<Selected>,
  { work, runCharacters = RUN_CHARACTERS }: { readonly work: string; readonly runCharacters?: number },
): AsyncGenerator<SortedRecord> {
  const toSort = async function* (): AsyncGenerator<Keyed> {
    for await (const { dossier, part } of questions) {
      for (const { record } of dossier.records) {
        const text: SortedRecord = { record, part }
        yield { key: record.recordId, text: JSON.stringify(text) }
      }
    }
  }
  const folder = await mkdtemp(join(work, 'records-'))
  for await (const { text } of sorted(toSort(), { folder, runCharacters }))
    yield JSON.parse(text) as SortedRecord
}

/** The questions that count, in the order of their ids. */
export async function* selectedQuestions(
  options: Pick<ExportOptions, 'read' | 'selection' | 'runCharacters' | 'signal'> & {
    readonly formats: readonly Format[]
  },
  { counts, leaks, work: workFolder }: Pick<Progress, 'counts' | 'leaks' | 'work'>,
): AsyncGenerator<Selected> {
  const { read, formats, selection = EVERYTHING, runCharacters = RUN_CHARACTERS, signal } = options
  const work = await mkdtemp(join(workFolder, 'questions-'))
  const topics = topicsOf(formats, selection)
  for await (const gathered of gather({ read, topics, work, runCharacters, signal })) {
    const dossier = currentDossier(gathered, counts)
    if (dossier === null || (await leaks?.keepsOut(dossier))) continue
    const selected = select(dossier, selection)
    counts.passedOver += selected.passedOver
    yield selected
  }
  counts.leaked = leaks?.records ?? 0
}

async function writeQuestion(
  output: DatasetFiles,
  { dossier, asQuestion, part }: Selected,
  context: { readonly minCharacters: number },
): Promise<void> {
  const { format } = output.dataset
  if (format.unit !== 'question') return
  if (format.needsRecords ? dossier.records.length === 0 : !asQuestion) return
  for (const row of format.rows(dossier, context)) await output.write(part, row)
}

async function writeRecord(output: DatasetFiles, record: TrainingRecord, part: string | null): Promise<void> {
  const { format, shape } = output.dataset
  if (format.unit === 'record' && shape !== null) await output.write(part, format.row(record, shape))
}

async function filesOf(outputs: readonly DatasetFiles[], folder: string): Promise<ExportedFile[]> {
  const files: ExportedFile[] = []
  for (const output of outputs) {
    const { name: dataset, format, shape } = output.dataset
    for (const { part, name, rows } of await output.moveTo(folder)) {
      files.push({ dataset, format: format.name, shape, part, path: join(folder, name), rows })
    }
  }
  return files
}

async function writeCompanions(
  companions: readonly Companion[],
  folder: string,
  work: string,
): Promise<void> {
  for (const [at, { name, text }] of companions.entries()) {
    const path = join(work, `companion-${at}`)
    await writeFile(path, text)
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await rename(path, join(folder, name))
  }
}
