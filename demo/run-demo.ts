/** The demo from its folder to its summary: a stack, a load, a run, an export, an audit. */
import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type AuditReport, audit } from '../audit/audit.ts'
import { openSource } from '../audit/session-source.ts'
import { NinefoldError } from '../errors.ts'
import type { ExportSummary } from '../export/export.ts'
import { exportSession } from '../export/session-export.ts'
import { loadFiles } from '../pipeline/load.ts'
import { runWorker } from '../pipeline/run.ts'
import { openSession, type Session } from '../pipeline/session.ts'
import type { SimulatedEndpoints } from '../pipeline/simulated-endpoints.ts'
import { describeProblem } from '../sources/line-problem.ts'
import { type StopReport, stopStack } from '../stack/stop.ts'
import type { LiveScreen } from '../terminal/live-screen.ts'
import { counted, duration } from '../terminal/numbers.ts'
import type { Style } from '../terminal/style.ts'
import { type DemoFolder, openFolder, writeConfig } from './folder.ts'
import { progressLine } from './progress-line.ts'
import { askInSql, type SqlAnswer } from './sql-answers.ts'
import type { TierLimits } from './summary-screen.ts'
import type { Tally } from './tally.ts'
import { Telemetry } from './telemetry.ts'

/** How to run the demo. */
export interface DemoOptions {
  readonly dir: string
  /** Begin anew: delete what an earlier demo left in the folder. */
  readonly fresh: boolean
  /** Leave the stack running. */
  readonly keep: boolean
  /** Median delay of a simulated answer, ms. */
  readonly latency: number
  readonly screen: LiveScreen
  readonly style: Style
  /** Ends the demo; what is finished is committed, and the next demo goes on from there. */
  readonly stop: AbortSignal
}

/** What came of a demo that ran to its end. */
export interface DemoResult {
  readonly tally: Tally
  readonly answers: readonly SqlAnswer[]
  /** Calls made in this run. */
  readonly calls: number
  readonly report: AuditReport
  readonly exported: ExportSummary
  /** Bytes of each file, in the order of `exported.files`. */
  readonly sizes: readonly number[]
  readonly workMs: number
  /** How many of how many paths may be wrong. */
  readonly limits: TierLimits
  readonly configPath: string
  readonly exportFolder: string
  readonly dataDir: string
}

const QUESTIONS = fileURLToPath(new URL('questions.jsonl', import.meta.url))

/** Runs the demo. @throws the signal's reason when it was stopped; what else kept it from its end. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  using folder = await openFolder(options.dir, options.fresh)
  await writeConfig(folder.configPath, options.latency)
  return await inStack(options, folder, (session) => demonstrate(options, folder, session))
}

/** Opens a session, which starts the stack, and stops the stack afterwards whatever happened. */
async function inStack<T>(
  options: DemoOptions,
  folder: DemoFolder,
  action: (session: Session) => Promise<T>,
): Promise<T> {
  const { screen, style, keep, stop } = options
  const onProgress = (line: string) => screen.line(style.dim(`  ${line}`))
  try {
    const session = await step(
      options,
      'starting Kafka, the schema registry and ClickHouse',
      () => 'Kafka, the schema registry and ClickHouse run',
      () => openSession({ config: folder.configPath, onProgress }),
    )
    try {
      stop.throwIfAborted()
      return await action(session)
    } finally {
      await session.close()
    }
  } finally {
    if (!keep) {
      await step(options, 'stopping Kafka, the schema registry and ClickHouse', stopped, () =>
        stopStack({ dataDir: folder.dataDir }),
      )
    }
  }
}

function stopped(report: StopReport): string | null {
  const ran = Object.values(report).some(({ outcome }) => outcome !== 'not running')
  return ran ? 'Kafka, the schema registry and ClickHouse stopped' : null
}

async function demonstrate(options: DemoOptions, folder: DemoFolder, session: Session): Promise<DemoResult> {
  const began = performance.now()
  await step(
    options,
    'loading questions',
    ({ loaded }) => `${counted(loaded, 'question')} loaded`,
    () =>
      loadFiles(session, [QUESTIONS], {
        batch: 'demo',
        onProblem: (problem) => options.screen.line(describeProblem(problem)),
      }),
  )
  const { tally, calls } = await work(options, session)
  const { stop } = options
  const exported = await step(
    options,
    'exporting',
    ({ records, files }) => `${counted(records, 'record')} exported in ${counted(files.length, 'shape')}`,
    () => exportSession(session, { folder: folder.exportFolder, signal: stop }),
  )
  const report = await step(
    options,
    'auditing',
    ({ faultCount }) => `audited: ${counted(faultCount, 'fault')}`,
    async () => audit({ ...session, source: await openSource(session), limit: 20 }),
  )
  const answers = await step(
    options,
    'asking ClickHouse',
    ({ length }) => `${counted(length, 'question')} asked in SQL`,
    () => askInSql(session),
  )
  stop.throwIfAborted()
  return {
    ...folder,
    tally,
    answers,
    calls,
    report,
    exported,
    sizes: await sizesOf(exported),
    limits: { ...session.config.triage, paths: session.config.samplers.length },
    workMs: performance.now() - began,
  }
}

/** Works until drained, and shows how far it is. */
async function work(
  options: DemoOptions,
  session: Session,
): Promise<{ readonly tally: Tally; readonly calls: number }> {
  const { screen, stop, style } = options
  const telemetry = new Telemetry(session)
  const ended = new AbortController()
  const began = performance.now()
  let calls = () => 0
  const line = (columns: number) => {
    const elapsedMs = performance.now() - began
    return progressLine({ tally: telemetry.tally, calls: calls(), elapsedMs }, columns)
  }
  const onSimulated = (simulated: SimulatedEndpoints) => {
    calls = simulated.calls
  }
  const onNotice = (notice: string) => screen.line(style.warn(`  ${notice}`))
  const settings = { only: [], untilDrained: true, stop, onSimulated, onNotice }
  const running = runWorker(session, settings).finally(() => ended.abort())
  const outcomes = await screen.during(
    (columns) => `  ${line(columns - 2)}`,
    Promise.allSettled([running, telemetry.follow(ended.signal)]),
  )
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw explained(outcome.reason)
  stop.throwIfAborted()
  await telemetry.catchUp()
  screen.line(`${style.good('✓')} ${line(screen.columns - 2)}`)
  return { tally: telemetry.tally, calls: calls() }
}

/** The folder of another version is nothing the demo's user has configured. */
function explained(error: unknown): unknown {
  if (!(error instanceof NinefoldError) || error.code !== 'NF_EDITION_CHANGED') return error
  return new NinefoldError(
    'NF_DEMO_CHANGED',
    'the demo in this folder was begun with another version of Ninefold, whose results would differ',
    'Begin anew with --fresh, or name another folder with --dir.',
    { cause: error },
  )
}

/** Does one thing, says so while it lasts, and says what was done; null is nothing to speak of. */
async function step<T>(
  { screen, style }: DemoOptions,
  doing: string,
  done: (result: T) => string | null,
  action: () => Promise<T>,
): Promise<T> {
  const began = performance.now()
  const elapsed = () => duration(performance.now() - began)
  const result = await screen.during(() => `  ${doing} … ${elapsed()}`, action())
  const text = done(result)
  if (text !== null) screen.line(`${style.good('✓')} ${text} ${style.dim(`(${elapsed()})`)}`)
  return result
}

function sizesOf({ files }: ExportSummary): Promise<number[]> {
  return Promise.all(files.map(async ({ path }) => (await stat(path)).size))
}
