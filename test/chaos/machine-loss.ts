/**
 * A machine is lost: its worker is killed, and journal and stores go with it. What had been paid and not been published
 * is paid again, and nothing else is.
 */
import { rmSync } from 'node:fs'
import { ChaosRun, type ChaosRunSettings } from './chaos-run.ts'
import { judge } from './judge.ts'
import type { Reference } from './reference.ts'
import type { MachineLossResult } from './results.ts'
import { moneyOf } from './seed-run.ts'

/** Calls a second, and the share of all calls that are made before the machine is lost. */
const PACE = 150
const SHARE = 0.3
const LIMIT_MS = 10 * 60_000

/** Loses the machine of a run with one worker. @throws when the run cannot be brought to its end. */
export async function loseMachine(
  settings: ChaosRunSettings & { readonly reference: Reference },
): Promise<MachineLossResult> {
  const startedAt = new Date().toISOString()
  const { reference } = settings
  await using run = await ChaosRun.open({ ...settings, workers: 0 })
  await run.load()
  run.pace(PACE)
  const worker = run.crew.join()
  await run.until(() => run.calls > reference.calls * SHARE, 'too few calls were made', LIMIT_MS)
  // Inside a transaction: what it carries has been paid and is not published.
  await run.strike(worker, 'transaction')
  rmSync(run.dataDir, { recursive: true })
  const answered = run.calls
  const { topics } = await judge({ stack: run.stack, pipeline: run.name })
  await run.drain()
  const judgement = await run.judged({ reference: reference.path })
  const unpublished = answered - topics.completions!.records
  return { startedAt, answered, unpublished, judgement, money: await moneyOf(run) }
}
