/** A whole run by one seed: questions in, faults one after the other, everything worked off, everything judged. */
import { messageOf } from '../../errors.ts'
import { writeAbortedQuestions } from './aborted-questions.ts'
import { Chance } from './chance.ts'
import { ChaosRun, type ChaosRunSettings, OutOfWork } from './chaos-run.ts'
import type { WorkerEnd } from './chaos-worker.ts'
import type { Fault, Leftovers } from './fault.ts'
import type { Judgement } from './judge.ts'
import type { Reference } from './reference.ts'
import { type InjectedFault, isClean, type Money, type SeedResult } from './results.ts'

/** What a run by a seed is made of, beside the run itself. */
export interface SeedRunSettings extends Omit<ChaosRunSettings, 'expectedCalls'> {
  readonly seed: number
  readonly schedule: readonly Fault[]
  /** Whether the first fault is enough, where the work is done before the last one. */
  readonly mayRunOut?: boolean
  readonly reference: Reference
  /** Told, a line at a time, how it goes. */
  readonly say: (line: string) => void
  /** Called before the run's folder goes, when the run was not as it must be. */
  readonly onFailure?: (run: ChaosRun, result: SeedResult) => void
}

/** The share of all calls that may be made while faults come: the last fault must still find work. */
const SHARE_WITH_FAULTS = 0.85
/** How long a fault takes on a machine that has nothing else to do, s: how fast its share of the calls is made. */
const SECONDS_A_FAULT = 10
/** Calls a second: at most, and when a fault takes so long that its share is made. */
const FASTEST = 150
const TRICKLE = 12
const LOOK_MS = 100
const UP_LIMIT_MS = 300_000
const WORKERS = 3

/** Runs it. Never throws: what went wrong is in the result. */
export async function runSeed(settings: SeedRunSettings): Promise<SeedResult> {
  const { seed, schedule, questions, workers = WORKERS, onFailure } = settings
  const startedAt = new Date()
  await using run = await ChaosRun.open({ ...settings, workers, expectedCalls: settings.reference.calls })
  const injected: InjectedFault[] = []
  let end: Outcome = { drained: null, judgement: null, money: null, error: null }
  try {
    await start(run)
    await injectAll(run, settings, injected).catch((error) => {
      const isEnough = settings.mayRunOut === true && injected.length > 0
      if (!(isEnough && error instanceof OutOfWork)) throw error
    })
    end = { ...(await finish(run, settings, injected)), error: null }
  } catch (error) {
    end = { ...end, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
  const result = {
    seed,
    startedAt: startedAt.toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1_000,
    questions: questions.length,
    workers,
    injected,
    notInjected: schedule.slice(injected.length).map(({ name }) => name),
    endings: run.crew.endings,
    ...end,
  }
  if (!isClean(result)) onFailure?.(run, result)
  return result
}

interface Outcome {
  readonly drained: WorkerEnd | null
  readonly judgement: Judgement | null
  readonly money: Money | null
  readonly error: string | null
}

/** Questions, and some that no one may ever see, are there before the workers; all of these take part. */
async function start(run: ChaosRun): Promise<void> {
  await run.load()
  await writeAbortedQuestions(run.config, run.stack.brokers)
  run.pace(TRICKLE)
  run.crew.keepUp()
  const haveAllBegun = () => run.crew.kept.every(({ published }) => published > 0)
  await run.until(haveAllBegun, 'the workers did not begin', UP_LIMIT_MS)
}

async function injectAll(run: ChaosRun, settings: SeedRunSettings, injected: InjectedFault[]): Promise<void> {
  const { seed, schedule, reference, say } = settings
  const chance = new Chance(seed)
  for (const [at, fault] of schedule.entries()) {
    const left = reference.calls * SHARE_WITH_FAULTS - run.calls
    if (left <= 0)
      throw new OutOfWork(`only ${at} of ${schedule.length} faults came before the work was done`)
    const injection = await during(run, left / (schedule.length - at), () => fault.inject(run, chance)).catch(
      (error) => {
        const Kind = error instanceof OutOfWork ? OutOfWork : Error
        throw new Kind(`${fault.name}: ${messageOf(error)}`, { cause: error })
      },
    )
    injected.push({ fault: fault.name, area: fault.area, ...injection })
    const recovered = injection.recoverySeconds?.toFixed(1) ?? '-'
    say(`${at + 1}/${schedule.length} ${fault.name}: ${injection.what}; well after ${recovered} s`)
  }
}

/** Does something while this share of the calls is made, evenly, and no more than a trickle after that. */
async function during<T>(run: ChaosRun, share: number, action: () => Promise<T>): Promise<T> {
  const before = run.calls
  run.pace(Math.min(FASTEST, Math.max(TRICKLE, share / SECONDS_A_FAULT)))
  const look = setInterval(() => {
    if (run.calls - before > share) run.pace(TRICKLE)
  }, LOOK_MS)
  try {
    return await action()
  } finally {
    clearInterval(look)
  }
}

async function finish(run: ChaosRun, settings: SeedRunSettings, injected: readonly InjectedFault[]) {
  const drained = await run.drain()
  const leaves = leftoversOf(injected)
  const judgement = await run.judged({ reference: settings.reference.path, leaves })
  return { drained, judgement, money: await moneyOf(run) }
}

/** What the models were paid for in a run, and paid twice. */
export async function moneyOf(run: ChaosRun): Promise<Money> {
  const { calls, answeredRepeated, inFlightRepeated, faultRetried } = await run.stats
  return { calls, answeredRepeated, inFlightRepeated, faultRetried }
}

/** What all faults together have left in the topics. */
function leftoversOf(injected: readonly InjectedFault[]): Leftovers {
  const undecodable: Record<string, number> = {}
  let deadLetters = 0
  for (const { leaves } of injected) {
    deadLetters += leaves?.deadLetters ?? 0
    for (const [topic, count] of Object.entries(leaves?.undecodable ?? {}))
      undecodable[topic] = (undecodable[topic] ?? 0) + count
  }
  return { undecodable, deadLetters }
}
