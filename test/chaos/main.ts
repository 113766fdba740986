/**
 * `npm run chaos`: many seeds, each a run of its own on a stack of its own; then the safeguards taken away, a machine lost,
 * and docs/guarantees.md written from all of it. What is done already is not done again, so that it can be continued.
 *
 * TEST_DATA and TEST_ENDPOINT_SLOW say where the recorded answers are and what plays them; it must be this run's alone.
 * CHAOS_SEEDS, CHAOS_FIRST_SEED, CHAOS_KILLS_A_SEED and CHAOS_QUESTIONS make it larger or smaller, CHAOS_RESULTS names
 * the folder of its results, CHAOS_AGAIN=1 does again what is there, CHAOS_ONLY takes only faults whose name holds one
 * of these words (comma-separated) and then leaves the document alone.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { messageOf } from '../../errors.ts'
import { testEndpoint } from '../support/test-data.ts'
import type { ChaosRun } from './chaos-run.ts'
import { ChaosStack } from './chaos-stack.ts'
import { CONTROLS, runControl } from './controls.ts'
import { guarantees } from './guarantees.ts'
import { loseMachine } from './machine-loss.ts'
import { someQuestions } from './questions.ts'
import { makeReference, type Reference } from './reference.ts'
import { isClean, readResults, resultPath, type SeedResult, writeResult } from './results.ts'
import { scheduleOf } from './schedule.ts'
import { runSeed } from './seed-run.ts'

const DOCUMENT = resolve(import.meta.dirname, '../../docs/guarantees.md')
const { CHAOS_SEEDS, CHAOS_FIRST_SEED, CHAOS_KILLS_A_SEED, CHAOS_QUESTIONS, CHAOS_CONTROL_QUESTIONS } =
  process.env
const seeds = Array.from({ length: Number(CHAOS_SEEDS ?? 10) }, (_, at) => at + Number(CHAOS_FIRST_SEED ?? 1))
const kills = Number(CHAOS_KILLS_A_SEED ?? 20)
const only = (process.env.CHAOS_ONLY ?? '').split(',').filter((word) => word !== '')
const questions = someQuestions(Number(CHAOS_QUESTIONS ?? 1_600))
const fewQuestions = someQuestions(Number(CHAOS_CONTROL_QUESTIONS ?? 250))
const double = testEndpoint('TEST_ENDPOINT_SLOW')
const folder = resolve(process.env.CHAOS_RESULTS ?? '.chaos')
const isDone = (path: string) => process.env.CHAOS_AGAIN !== '1' && existsSync(path)
/** Names of pipelines on one stack are their own. */
const REFERENCE = 'undisturbed'

let failures = 0

await runSeeds()
if (only.length === 0) {
  await runControls()
  await runMachineLoss()
  writeFileSync(DOCUMENT, guarantees(readResults(folder), new Date()))
  say(`${DOCUMENT} is written`)
}
say(failures === 0 ? 'all is as it must be' : `${failures} runs were not as they must be`)
process.exitCode = failures === 0 ? 0 : 1

async function runSeeds(): Promise<void> {
  let reference: Reference | null = null
  for (const seed of seeds) {
    const path = resultPath(folder, 'seeds', seed)
    const schedule = scheduleOf(seed, kills, only)
    if (isDone(path) && isOfThisSize(path, schedule.length)) {
      say(`seed ${seed} is done already`)
      continue
    }
    await attempted(`seed ${seed}`, async () => {
      await using stack = await ChaosStack.open()
      reference ??= await referenceOn(stack, questions)
      const result = await runSeed({
        ...{ seed, stack, double, questions, schedule, reference, pipeline: `seed-${seed}` },
        say: (line) => say(`seed ${seed}: ${line}`),
        onFailure: (run) => keepLogs(run, `failed-seed-${seed}`),
      })
      writeResult(path, result)
      if (isClean(result)) say(`seed ${seed} is clean: ${result.money?.calls} calls, none paid twice`)
      else throw new Error(faultsOf(result))
    })
  }
}

async function runControls(): Promise<void> {
  for (const control of CONTROLS) {
    const path = resultPath(folder, 'controls', control.name)
    if (isDone(path)) continue
    await attempted(control.name, async () => {
      await using stack = await ChaosStack.open()
      const reference = await referenceOn(stack, fewQuestions)
      const result = await runControl(control, {
        ...{ seed: 1, stack, double, questions: fewQuestions, reference, pipeline: control.name },
        say: (line) => say(`${control.name}: ${line}`),
      })
      writeResult(path, result)
      if (control.damageOf(result) === 0) throw new Error('the judge saw no damage')
    })
  }
}

async function runMachineLoss(): Promise<void> {
  const path = resultPath(folder, 'machineLosses', 1)
  if (isDone(path)) return
  await attempted('the loss of a machine', async () => {
    await using stack = await ChaosStack.open()
    const reference = await referenceOn(stack, fewQuestions)
    const result = await loseMachine({ stack, double, questions: fewQuestions, reference, pipeline: 'lost' })
    writeResult(path, result)
    const { money, unpublished, judgement } = result
    if (money.answeredRepeated > unpublished)
      throw new Error(`${money.answeredRepeated} calls were paid twice, ${unpublished} may be`)
    if (judgement.findings.length > 0) throw new Error(judgement.findings.join('\n'))
  })
}

/** A failure is told, and the others go on. */
async function attempted(what: string, attempt: () => Promise<void>): Promise<void> {
  say(`${what} begins`)
  try {
    await attempt()
  } catch (error) {
    failures++
    say(`${what} FAILED: ${messageOf(error)}`)
  }
}

async function referenceOn(stack: ChaosStack, asked: typeof questions): Promise<Reference> {
  const path = join(folder, `reference-${asked.length}.reference`)
  const callsPath = `${path}.calls`
  if (isDone(callsPath)) return { path, calls: Number(readFileSync(callsPath, 'utf8')) }
  say(`an undisturbed run of ${asked.length} questions, to compare with`)
  mkdirSync(folder, { recursive: true })
  const made = await makeReference({ stack, double, questions: asked, pipeline: REFERENCE }, path)
  writeFileSync(callsPath, String(made.calls))
  return made
}

/** Whether it was made by a schedule of this length on as many questions, and came to its end. */
function isOfThisSize(path: string, length: number): boolean {
  const result = JSON.parse(readFileSync(path, 'utf8')) as SeedResult
  const { injected, notInjected } = result
  return (
    isClean(result) &&
    result.questions === questions.length &&
    injected.length + notInjected.length === length
  )
}

function faultsOf({ error, judgement, money, notInjected }: SeedResult): string {
  const said = [error ?? '', ...(judgement?.findings ?? [])]
  if (notInjected.length > 0) said.push(`not come to: ${notInjected.join(', ')}`)
  if ((money?.answeredRepeated ?? 0) > 0) said.push(`${money?.answeredRepeated} calls were paid twice`)
  return said.filter((line) => line !== '').join('\n')
}

/** What a failed run said stays, to be looked into. */
function keepLogs(run: ChaosRun, name: string): void {
  const kept = join(folder, name)
  cpSync(run.folder, kept, { recursive: true })
  cpSync(run.stack.logs, join(kept, 'stack-logs'), { recursive: true })
  say(`its logs are in ${kept}`)
}

function say(line: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${line}`)
}
