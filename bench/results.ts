/** Figures as people read them. */
import { availableParallelism, cpus, totalmem } from 'node:os'
import type { Measurement } from './child.ts'
import { median } from './statistics.ts'

/** Where something was measured. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly node: string
}

/** A round: both, one after the other. */
export interface Round {
  readonly bare: Measurement | null
  readonly pipeline: Measurement
}

/** All that a bench has found. */
export interface Results extends Machine {
  readonly command: string
  readonly concurrency: number
  readonly endpoint: string
  readonly rounds: readonly Round[]
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  }
}

const HEADINGS = [
  '',
  'calls/s',
  'CPU ms a call',
  'client',
  'broker',
  'endpoint',
  'ticks/s',
  'records/tx',
  'commit p50',
  'p99',
]

/** A Markdown table: every round, then the medians, then the pipeline over the bare loop. */
export function table({ rounds }: Results): string {
  const bare = rounds.flatMap((round) => (round.bare === null ? [] : [round.bare]))
  const pipeline = rounds.map((round) => round.pipeline)
  const rows = rounds.flatMap((round, index) => [
    ...(round.bare === null ? [] : [[`bare, round ${index + 1}`, ...cells(figures(round.bare))]]),
    [`pipeline, round ${index + 1}`, ...cells(figures(round.pipeline))],
  ])
  if (rounds.length > 1) {
    if (bare.length > 0) rows.push(['**bare, median**', ...cells(medians(bare))])
    rows.push(['**pipeline, median**', ...cells(medians(pipeline))])
    if (bare.length > 0) rows.push(['**pipeline / bare, median of ratios**', ...ratios(rounds)])
  }
  return [HEADINGS, HEADINGS.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}

/** Figures of one measurement, in the headings' order; CPU in milliseconds a call. */
function figures({ calls, seconds, client, broker, endpoint, transactions }: Measurement): (number | null)[] {
  const perCall = (cpu: number | null): number | null => (cpu === null ? null : (cpu * 1000) / calls)
  const isPipeline = transactions.count > 0
  const own = perCall(client)
  const brokers = isPipeline ? perCall(broker) : 0
  const theirs = perCall(endpoint)
  const all = own === null || brokers === null || theirs === null ? null : own + brokers + theirs
  const shape = isPipeline
    ? [
        transactions.count / seconds,
        transactions.records / transactions.count,
        transactions.p50Ms,
        transactions.p99Ms,
      ]
    : [null, null, null, null]
  return [calls / seconds, all, own, isPipeline ? brokers : null, theirs, ...shape]
}

function medians(measurements: readonly Measurement[]): (number | null)[] {
  const all = measurements.map(figures)
  return all[0]!.map((_, column) => {
    const values = all.map((row) => row[column]!)
    return values.some((value) => value === null) ? null : median(values)
  })
}

const DIGITS = [0, 3, 3, 3, 3, 1, 0, 1, 1]

function cells(row: readonly (number | null)[]): string[] {
  return row.map((value, column) => (value === null ? '–' : value.toFixed(DIGITS[column])))
}

function ratios(rounds: readonly Round[]): string[] {
  const of = (column: number): string => {
    const values = rounds.map(({ bare, pipeline }) => {
      const [over, under] = [figures(pipeline)[column], bare === null ? null : figures(bare)[column]]
      return over == null || under == null ? null : over / under
    })
    return values.some((value) => value === null) ? '–' : median(values as number[]).toFixed(2)
  }
  return DIGITS.map((_, column) => of(column))
}

/** The page docs/benchmarks.md. */
export function markdown(results: Results): string {
  const { cpu, cores, memoryGiB, node, command, concurrency, endpoint, rounds } = results
  const calls = rounds[0]?.pipeline.calls ?? 0
  return `# Benchmarks

Calls a second through \`generate\` and \`verify\` (18 calls a question) with everything on: Kafka and the schema
registry of the local stack, journal, transactions, Avro. Beside it, in turns, a bare loop over the official
client, with the same connection pool, as many calls at once, and the same bodies. The endpoint answers at once,
so what is seen is what Ninefold itself costs; with real models the models are what one waits for.

- Machine: ${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node.slice(1)}. Worker, broker and endpoint share it.
- Endpoint: ${endpoint}; ${concurrency} calls at once.
- ${calls} calls a measurement, ${rounds.length} rounds, fresh topics, journal and processes each; a warm-up before.
- Command: \`${command}\`

${table(results)}

CPU is in milliseconds a call, all threads of a process, as Linux counts it; \`client\` is the worker or the bare
loop. A round's two measurements follow one another, so compare within a round. \`ticks/s\` are transactions a
second, \`commit\` is a transaction's time in milliseconds from its first request to its end.

The raw figures are in \`bench/results/\`. Analytics have [a page of their own](benchmarks-analytics.md).
`
}
