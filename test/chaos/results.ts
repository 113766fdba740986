/** What came of a run, as it is written down when the run ends. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT } from '../../cli/exit-codes.ts'
import type { WorkerEnd } from './chaos-worker.ts'
import type { Area, Injection } from './fault.ts'
import type { Judgement } from './judge.ts'

/** A fault that was injected into a run. */
export interface InjectedFault extends Injection {
  readonly fault: string
  readonly area: Area
}

/** What the endpoint that plays the models counted. */
export interface Money {
  readonly calls: number
  /** Requests it had answered in full before: what was paid twice. */
  readonly answeredRepeated: number
  /** Requests sent again while an equal one was under way. */
  readonly inFlightRepeated: number
  /** Requests made again that it had refused, or not answered in full, by its own doing. */
  readonly faultRetried: number
}

/** A run under faults, by one seed. */
export interface SeedResult {
  readonly seed: number
  /** ISO 8601. */
  readonly startedAt: string
  readonly seconds: number
  readonly questions: number
  readonly workers: number
  readonly injected: readonly InjectedFault[]
  /** Faults of the schedule that were not come to. */
  readonly notInjected: readonly string[]
  /** Workers that ended by themselves and were started again. */
  readonly endings: readonly WorkerEnd[]
  readonly drained: WorkerEnd | null
  readonly judgement: Judgement | null
  readonly money: Money | null
  /** Why the run could not be brought to its end. */
  readonly error: string | null
}

/** A safeguard was taken away, and what the judge found. */
export interface ControlResult {
  readonly control: string
  readonly startedAt: string
  readonly injected: readonly InjectedFault[]
  readonly judgement: Judgement
  readonly money: Money
}

/** A machine was lost with all it had not published. */
export interface MachineLossResult {
  readonly startedAt: string
  /** Answers it had got by then. */
  readonly answered: number
  /** Of these, how many had not been published. */
  readonly unpublished: number
  readonly judgement: Judgement
  readonly money: Money
}

/** Everything a harness run has written down. */
export interface Results {
  readonly seeds: readonly SeedResult[]
  readonly controls: readonly ControlResult[]
  readonly machineLosses: readonly MachineLossResult[]
}

/** Whether a run was as it must be: brought to its end, nothing lost, doubled, changed, or paid twice. */
export function isClean({ error, drained, judgement, money, notInjected }: SeedResult): boolean {
  // Dead letters that should be there are told by the exit code, too.
  const code = judgement?.deadLetters === 0 ? EXIT.clean : EXIT.leftover
  const isWhole = error === null && drained?.code === code && notInjected.length === 0
  return isWhole && judgement?.findings.length === 0 && money?.answeredRepeated === 0
}

const KINDS = { seeds: 'seed', controls: 'control', machineLosses: 'machine-loss' } as const

/** Where a result is kept. */
export function resultPath(folder: string, kind: keyof Results, name: string | number): string {
  return join(folder, `${KINDS[kind]}-${name}.json`)
}

/** Writes a result whole, or not at all. */
export function writeResult(path: string, result: object): void {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(`${path}.new`, `${JSON.stringify(result, null, 2)}\n`)
  renameSync(`${path}.new`, path)
}

/** All results in a folder, by number or name. */
export function readResults(folder: string): Results {
  const names = existsSync(folder) ? readdirSync(folder).sort(byNumber) : []
  const read = (kind: keyof Results) =>
    names
      .filter((name) => name.startsWith(`${KINDS[kind]}-`) && name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
  return {
    seeds: read('seeds') as SeedResult[],
    controls: read('controls') as ControlResult[],
    machineLosses: read('machineLosses') as MachineLossResult[],
  }
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
