/** Runs the judge, which is Python so that no client of ours has a say, in an environment of its own. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { databaseOf } from '../../config/names.ts'
import { pythonWith } from '../support/python.ts'
import type { Leftovers } from './fault.ts'

const run = promisify(execFile)
const REQUIREMENTS = fileURLToPath(new URL('judge/requirements.txt', import.meta.url))
const JUDGE = fileURLToPath(new URL('judge/judge.py', import.meta.url))
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024

/** What can be wrong with what a topic or a copy holds, in records. */
export interface Damage {
  readonly lost: number
  /** Beyond the one that should be there. */
  readonly doubled: number
  readonly changed: number
  /** Should not be there at all. */
  readonly foreign: number
}

/** What the judge has to say of a pipeline; its own damage is the sum over all topics and copies. */
export interface Judgement extends Damage {
  /** Answers to requests that were answered before, as the topics tell. */
  readonly paidTwice: number
  readonly deadLetters: number
  readonly topics: Readonly<Record<string, Damage & { readonly records: number }>>
  /** ClickHouse's tables and the exported files. */
  readonly copies: Readonly<Record<string, Damage & { readonly records: number }>>
  /** In words; empty when all is as it should be. */
  readonly findings: readonly string[]
}

/** What is judged, and by what. */
export interface Case {
  readonly stack: { readonly brokers: readonly string[]; readonly registryUrl: string }
  readonly pipeline: string
  /** What an undisturbed run holds, as `save` wrote it down; the run alone is judged where left out. */
  readonly reference?: string
  /** Where to write down what this run holds. */
  readonly save?: string
  /** Where the pipeline's tables are. */
  readonly clickhouseUrl?: string
  /** What lets it in there. */
  readonly clickhouseToken?: string
  /** The folder its records were exported to. */
  readonly exported?: string
  /** What must stand there beside. */
  readonly leaves?: Leftovers
}

/** Judges a pipeline. */
export async function judge(given: Case): Promise<Judgement> {
  const {
    stack,
    pipeline,
    reference,
    save,
    clickhouseUrl,
    clickhouseToken = '',
    exported,
    leaves = {},
  } = given
  const optional = { reference, save, clickhouse: clickhouseUrl, export: exported }
  const { stdout } = await run(
    await python(),
    [
      ...[JUDGE, '--brokers', stack.brokers.join(','), '--registry', stack.registryUrl],
      ...['--run', `${pipeline}.main`, '--leaves', JSON.stringify(leaves)],
      ...['--database', databaseOf(pipeline)],
      ...Object.entries(optional).flatMap(([name, value]) => (value ? [`--${name}`, value] : [])),
    ],
    { maxBuffer: MAX_OUTPUT_BYTES, env: { ...process.env, CLICKHOUSE_TOKEN: clickhouseToken } },
  )
  return JSON.parse(stdout) as Judgement
}

/** Python with the judge's packages. */
export function python(): Promise<string> {
  return pythonWith(REQUIREMENTS, 'judge')
}
