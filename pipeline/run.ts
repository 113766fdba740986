/** Runs a worker over an edition's topology until it is told to stop, or until the topics are worked off. */
import { SINK_STEP, type Sink } from '../analytics/sink/sink.ts'
import type { MonitorAddress } from '../config/types.ts'
import { NinefoldError } from '../errors.ts'
import { isLimited } from '../models/budget-limits.ts'
import type { BudgetReached } from '../models/budget-reached.ts'
import type { Spending } from '../models/budget-store.ts'
import type { Monitor } from '../monitor/monitor.ts'
import { topology } from '../processors/topology.ts'
import type { ControlShare } from '../progress/judge-controls.ts'
import { sharedTopics } from '../streams/edition-topics.ts'
import { limitsOf } from '../streams/open-budget.ts'
import type { AnyProcessor } from '../streams/processor.ts'
import { Worker } from '../streams/worker.ts'
import type { WorkerTuning } from '../streams/worker-tuning.ts'
import { counted } from '../terminal/numbers.ts'
import { startSink, wantsSink } from './analytics.ts'
import { recordLimits } from './budget-log.ts'
import { BudgetWatch, checkRunPrices } from './budget-watch.ts'
import { rebuildCompletionsCache } from './completions-cache.ts'
import { ControlAlarm } from './control-alarm.ts'
import { settleEdition } from './editions.ts'
import { Outages } from './outages.ts'
import type { Session } from './session.ts'
import { type SimulatedEndpoints, simulateFor } from './simulated-endpoints.ts'
import { SpendingReader } from './spending.ts'
import { until } from './until.ts'

/** How to run. */
export interface RunSettings {
  /** Steps to run, by name, by title, or `generate` for all samplers; `sink` for the analytics; empty for all. */
  readonly only: readonly string[]
  readonly untilDrained: boolean
  readonly tuning?: Partial<WorkerTuning>
  /** What this worker may spend until it ends, in USD; left out = no limit of its own. */
  readonly maxUsd?: number
  /** Where to serve metrics and health; left out = where the configuration says. */
  readonly monitor?: MonitorAddress
  /** Ends the run: finished work is committed. */
  readonly stop: AbortSignal
  /** Some endpoints are simulated; told before anything is asked. */
  readonly onSimulated?: (simulated: SimulatedEndpoints) => void
  /** Aborted when something went wrong that nobody foresaw: the run ends as failed, with the signal's reason. */
  readonly failing?: AbortSignal
  /**
   * Told, a line at a time, what somebody who waits for the run should know.
   * @param event what kind of news it is, where there is a name for it: `kafka-away`, `kafka-back`, `registry-away`,
   * `registry-back`, `judge-alarm`, `judge-alarm-over`, `calls-given-up`
   */
  readonly onNotice?: (line: string, event?: string) => void
  /** The worker runs. */
  readonly onStart?: (worker: Worker, beside: BesideWorker) => void
}

/** What else of a run can be looked at. */
export interface BesideWorker {
  /** What the edition has spent, or a role of it; null without a budget. */
  spending(role?: string): Spending | null
  /** The analytics; null where this run has none. */
  sink(): Pick<Sink, 'away' | 'written'> | null
  /** How the judge did on its last controls; empty where it is not controlled. */
  controls(): readonly ControlShare[]
}

/** How often it is said what the end waits for. */
const REMIND_MS = 30_000
/** How long a run that is to end waits for Kafka, ms: somebody waits for it. One that streams waits for ever. */
const PATIENCE_MS = 15 * 60_000

/**
 * Runs until drained or stopped, or until the budget leaves nothing more to do.
 * @throws {BudgetReached} when records wait for money.
 * @throws what else kept the worker from going on; what was finished is committed in any case.
 */
export async function runWorker(session: Session, settings: RunSettings): Promise<void> {
  const say = settings.onNotice ?? (() => {})
  await using monitor = await monitorFor(session, settings.monitor ?? session.config.monitor, say)
  const processors = selectSteps(session, settings.only)
  if (settings.maxUsd !== undefined) checkRunPrices(session.config, processors)
  await settleEdition(session)
  await recordLimits(session)
  await rebuildCompletionsCache(session)
  await using simulated = await simulateFor(session)
  if (simulated.names.length > 0) settings.onSimulated?.(simulated)
  await using spending = isLimited(limitsOf(session.config)) ? await SpendingReader.start(session) : null
  const failure = Promise.withResolvers<never>()
  // It may come before anybody waits for it.
  failure.promise.catch(() => {})
  settings.failing?.addEventListener('abort', () => failure.reject(settings.failing?.reason), { once: true })
  const { client, log } = session
  using outages = new Outages({
    brokers: client.brokers,
    watch: client.watch,
    log,
    patienceMs: settings.untilDrained ? PATIENCE_MS : Number.POSITIVE_INFINITY,
    tell: say,
    failed: failure.reject,
  })
  const worker = await Worker.start({
    ...session,
    config: simulated.config,
    processors,
    runLimitUsd: settings.maxUsd ?? null,
    tuning: settings.tuning,
    ...monitor?.ears,
    registry: outages.registry,
    failed: failure.reject,
  })
  const { registry } = outages
  const sinkSettings = { say, tuning: settings.tuning, registry, failed: failure.reject }
  const sink = wantsSink(settings.only) ? startSink(session, sinkSettings) : null
  const watch = new BudgetWatch({ session, worker, sink, say })
  const alarm = new ControlAlarm(session, say)
  /** What was spent when all had ended, after which the account is closed. */
  let last: ReadonlyMap<string | undefined, Spending | undefined> | null = null
  const ended = new AbortController()
  const stop = AbortSignal.any([settings.stop, ended.signal])
  // It ends with the signal, and what goes wrong there is told in the log.
  void alarm.follow(stop)
  try {
    const beside: BesideWorker = {
      spending: (role) => (last === null ? spending?.spending(role) : last.get(role)) ?? null,
      sink: () => sink,
      controls: () => alarm.shares,
    }
    settings.onStart?.(worker, beside)
    monitor?.attach(worker, beside)
    const ends = [failure.promise, aborted(stop), watch.outOfMoney(stop)]
    if (settings.untilDrained) ends.push(drained(worker, sink, stop, say))
    await Promise.race(ends)
  } finally {
    ended.abort()
    monitor?.stopping()
    // The sink goes on until the last of what the worker finishes is in the topics.
    const givenUp = await worker.stop().finally(() => sink?.stop())
    if (givenUp > 0) say(givenUpNotice(givenUp), 'calls-given-up')
    await alarm.lookLast()
    const roles = [undefined, ...Object.keys(session.config.roleBudgetsUsd)]
    last = new Map(roles.map((role) => [role, spending?.spending(role)]))
  }
  await watch.recordLast()
  const [first] = watch.reached
  const reached = watch.reached.find(({ limit }) => limit.of.kind !== 'role') ?? first
  if (reached !== undefined) throw toldLast(reached, worker, spending)
  const [halted] = worker.halted
  if (halted !== undefined) throw halted.error
}

function givenUpNotice(calls: number): string {
  return `${counted(calls, 'call')} ${calls === 1 ? 'was' : 'were'} still under way when the grace was over: what their models answer all the same is paid for, and asked again (a longer --grace waits for them)`
}

/** With what counts for the limit now that all calls have ended. */
function toldLast(reached: BudgetReached, worker: Worker, edition: SpendingReader | null): BudgetReached {
  const { kind, role } = reached.limit.of
  const spending = kind === 'run' ? worker.spentInRun : (edition?.spending(role) ?? null)
  return spending === null ? reached : reached.toldWith(spending)
}

/** What watches a run is loaded only where it is wanted. */
async function monitorFor(
  session: Session,
  address: MonitorAddress | null,
  say: (line: string) => void,
): Promise<Monitor | null> {
  if (address === null) return null
  const { Monitor } = await import('../monitor/monitor.ts')
  return Monitor.start(session, address, say)
}

/** The steps of this edition: those whose outputs it shares with its base are the base's to run. */
export function selectSteps({ config, base }: Session, only: readonly string[]): AnyProcessor[] {
  const shared = sharedTopics(base)
  const own = topology(config).filter(({ outputs }) => !outputs.some((topic) => shared.has(topic)))
  if (only.length === 0) return own
  const steps = only.filter((name) => name !== SINK_STEP)
  const selected = own.filter((processor) => steps.some((name) => isNamed(processor, name)))
  const unknown = steps.find((name) => !own.some((processor) => isNamed(processor, name)))
  if (unknown === undefined) return selected
  throw new NinefoldError(
    'NF_STEP_UNKNOWN',
    `--only names ${unknown}, which is no step of this pipeline`,
    `Steps are ${[...new Set(own.map((processor) => processor.title ?? processor.step))].join(', ')}; generate means all samplers, ${SINK_STEP} the analytics.`,
  )
}

function isNamed({ step, title }: AnyProcessor, name: string): boolean {
  return step === name || title === name || step.startsWith(`${name}.`)
}

async function drained(
  worker: Worker,
  sink: Sink | null,
  stop: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  await until(stop, () => worker.isDrained())
  let reminded = Number.NEGATIVE_INFINITY
  await until(stop, async () => {
    if (sink === null || (await sink.isDrained())) return worker.isDrained()
    if (sink.away !== null && performance.now() - reminded > REMIND_MS) {
      reminded = performance.now()
      say(
        `all steps are done; only analytics wait: ${sink.away}. Ctrl-C ends this, the next run goes on with it.`,
      )
    }
    return false
  })
}

async function aborted(stop: AbortSignal): Promise<void> {
  if (stop.aborted) return
  await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }))
}
