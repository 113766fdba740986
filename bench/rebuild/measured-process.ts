/** Runs a program to its end, as users run it, and says what it took. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { cpuSeconds } from '../cpu.ts'

/** The variable that names the file of a process's own figures. */
export const USAGE_FILE = 'NINEFOLD_BENCH_USAGE'

/** What a process says of itself; bytes and seconds. */
export interface Usage {
  /** From its start to its end. */
  readonly samples: readonly { readonly seconds: number; readonly rss: number; readonly heap: number }[]
  /** The most it ever held, as the system counts it. */
  readonly maxRss: number
  /** All of its threads, user and system. */
  readonly cpuSeconds: number
}

/** A program that has ended. */
export interface Measured<T> extends Usage {
  /** What it printed. */
  readonly said: T
  /** From its start to its end by the clock. */
  readonly seconds: number
  readonly brokerCpuSeconds: number
}

/** How to run it. */
export interface MeasureOptions {
  readonly brokerPid: number
  /** Flags for Node. */
  readonly node?: readonly string[]
}

/** Runs a TypeScript file, seen from this folder, that prints JSON. @throws when it does not end with code 0 */
export async function measured<T>(
  program: string,
  args: readonly string[],
  { brokerPid, node = [] }: MeasureOptions,
): Promise<Measured<T>> {
  const folder = mkdtempSync(join(tmpdir(), 'ninefold-bench-'))
  const file = join(folder, 'usage.json')
  try {
    const brokerBefore = cpuSeconds(brokerPid)!
    const started = performance.now()
    const child = spawn(
      process.execPath,
      ['--import', new URL('usage.ts', import.meta.url).href, ...node, pathOf(program), ...args],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, [USAGE_FILE]: file } },
    )
    const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    const seconds = (performance.now() - started) / 1000
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with code ${code}: ${said}`)
    const brokerCpuSeconds = cpuSeconds(brokerPid)! - brokerBefore
    const usage = JSON.parse(readFileSync(file, 'utf8')) as Usage
    return { ...usage, said: JSON.parse(said) as T, seconds, brokerCpuSeconds }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function pathOf(program: string): string {
  return fileURLToPath(new URL(program, import.meta.url))
}
