/** A pipeline as a program uses it: what the commands `load`, `run`, `export` and `audit` do, as calls. */
import { type AuditReport, audit } from '../audit/audit.ts'
import { refuseChangedEdition } from '../audit/edition.ts'
import { openSource } from '../audit/session-source.ts'
import type { Config } from '../config/config.ts'
import type { ExportSummary } from '../export/export.ts'
import { exportSession, recordsOf } from '../export/session-export.ts'
import type { Shape } from '../export/shapes.ts'
import { countLeftovers, type Leftovers } from '../pipeline/leftovers.ts'
import { loadItems } from '../pipeline/load.ts'
import { runWorker } from '../pipeline/run.ts'
import { openSession, type Session } from '../pipeline/session.ts'
import type { OwnTopic, ProcessorPlugin } from '../plugins/define.ts'
import { topicName } from '../plugins/topics.ts'
import type { TopicName, TopicRecords } from '../schemas/topics.ts'
import type { TrainingRecord } from '../schemas/types.ts'
import { readTopic } from '../sinks/session-records.ts'
import { parseQuestions } from '../sources/read-questions.ts'
import type { UnreadableRecord } from '../streams/unreadable.ts'
import type { NinefoldConfig } from './config.ts'
import { linesOfQuestions, problemOfQuestion, type QuestionInput, type QuestionProblem } from './questions.ts'

/** How to open a pipeline. */
export interface PipelineSettings {
  /** The edition of the dataset; default `main`. */
  readonly edition?: string
  /** Settings in place of the configuration's, each `key=value`, as the option `--set` takes them; default: none. */
  readonly set?: readonly string[]
  /** Processors of one's own, beside those the configuration names under `processors`. */
  readonly processors?: readonly ProcessorPlugin[]
  /** Told, a line at a time, what takes long, e.g. that the local stack starts, or that analytics are waited for. */
  readonly onProgress?: (line: string) => void
}

/** How to load. */
export interface LoadRequest {
  /** The source of questions that name none. */
  readonly source?: string
  /** Name of this load, kept with its questions. */
  readonly batch?: string
  /** Whether other content under a known id is a revision of that question; default: it is refused. */
  readonly revise?: boolean
  /** Told of each question that was not taken, or was taken with a doubt. */
  readonly onProblem?: (problem: QuestionProblem) => void
}

/** What came of a load. */
export interface LoadResult {
  readonly loaded: number
  /** Questions that could not be taken. */
  readonly bad: number
}

/** How to run. */
export interface RunRequest {
  /** Whether the run ends when everything loaded so far is worked off (default), or only when it is stopped. */
  readonly untilDrained?: boolean
  /** Steps to run, by name; default: all. */
  readonly only?: readonly string[]
  /** Ends the run: finished work is committed, and the next run goes on from there. */
  readonly signal?: AbortSignal
}

/** What is left when a run ends; all 0 when every question became records. */
export type RunResult = Leftovers

/** What to export. */
export interface ExportRequest {
  /** Where the files go; made when it is not there. */
  readonly folder: string
  /** Default: all three. */
  readonly shapes?: readonly Shape[]
  readonly signal?: AbortSignal
}

/** An open pipeline; close it, or declare it with `await using`. */
export interface Pipeline extends AsyncDisposable {
  /** The configuration with defaults filled in. */
  readonly config: Config
  /** Loads questions. A repeat costs nothing; a bad question costs no good one. */
  load(
    questions: Iterable<QuestionInput> | AsyncIterable<QuestionInput>,
    request?: LoadRequest,
  ): Promise<LoadResult>
  /**
   * Runs a worker, which shares the work with all others of this pipeline, wherever they run.
   * @throws {NinefoldError} NF_BUDGET_REACHED when records wait for money; NF_EDITION_CHANGED; what else kept it
   * from going on. What was finished is committed in any case.
   */
  run(request?: RunRequest): Promise<RunResult>
  /** The training records there are now, each once, in the order of their ids: what an export holds. */
  records(): AsyncGenerator<TrainingRecord>
  /** What was read so far and left out, for it cannot be read: told by place, the first thousand of them. */
  unreadable(): readonly UnreadableRecord[]
  /** All records of a topic as it stands now: a built-in one by name, or one of a processor of one's own. */
  read<T extends TopicName>(topic: T): AsyncGenerator<TopicRecords[T]>
  read<V>(topic: OwnTopic<string, V>): AsyncGenerator<V>
  /** Writes JSONL files; equal records are equal files. */
  export(request: ExportRequest): Promise<ExportSummary>
  /** Proves from the topics alone that nothing is lost and nothing done twice. `running`: workers are at it. */
  audit(request?: { readonly running?: boolean }): Promise<AuditReport>
  close(): Promise<void>
}

/**
 * Opens a pipeline: reads the configuration, starts what the local stack lacks, makes topics that are missing.
 * @param config path of a `ninefold.yaml`, or its content as an object
 * @throws {NinefoldError} NF_CONFIG_… naming every problem at once; NF_PROCESSOR_…; what kept the stack from starting
 */
export async function openPipeline(
  config: string | NinefoldConfig,
  { edition, set, processors, onProgress }: PipelineSettings = {},
): Promise<Pipeline> {
  const session = await openSession({ config, edition, set, plugins: processors, onProgress })
  return {
    config: session.config,
    load: (questions, request) => load(session, questions, request),
    run: (request) => run(session, request, onProgress),
    records: () => recordsOf(session),
    read: <V>(topic: TopicName | OwnTopic<string, V>) =>
      readTopic(session, topicName(topic)) as AsyncGenerator<never>,
    unreadable: () => [...session.unreadable.named],
    export: (request) => exportSession(session, request),
    audit: (request) => auditNow(session, request),
    close: () => session.close(),
    [Symbol.asyncDispose]: () => session.close(),
  }
}

function load(
  session: Session,
  questions: Iterable<QuestionInput> | AsyncIterable<QuestionInput>,
  { onProblem, batch, ...options }: LoadRequest = {},
): Promise<LoadResult> {
  const items = parseQuestions(linesOfQuestions(questions), 'questions', { ...options, batch: batch ?? null })
  return loadItems(session, items, { onProblem: (problem) => onProblem?.(problemOfQuestion(problem)) })
}

async function run(
  session: Session,
  request: RunRequest = {},
  onNotice?: (line: string) => void,
): Promise<RunResult> {
  const { untilDrained = true, only = [], signal = new AbortController().signal } = request
  await runWorker(session, { only, untilDrained, stop: signal, onNotice })
  return countLeftovers(session)
}

async function auditNow(session: Session, { running = false } = {}): Promise<AuditReport> {
  await refuseChangedEdition(session)
  return audit({ ...session, source: await openSource(session), running })
}
