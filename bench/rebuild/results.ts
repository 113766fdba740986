/** Figures of rebuilding as people read them. */
import { count } from '../../terminal/numbers.ts'
import type { Machine } from '../results.ts'
import { median } from '../statistics.ts'
import type { Dataset } from './dataset.ts'
import type { Command, Rebuild, Round } from './rounds.ts'

/** All that the bench has found. */
export interface RebuildResults extends Machine {
  readonly command: string
  /** Of the machine in the last minute. */
  readonly load: { readonly before: number; readonly after: number }
  /** What the rounds were about. */
  readonly dataset: Dataset
  readonly rounds: readonly Round[]
  /** Records a second of `kafka-consumer-perf-test`; null where there was no round. */
  readonly perfTest: number | null
  /** One rebuild a size. */
  readonly curve: readonly Rebuild[]
}

const MIB = 2 ** 20
const PARTS = 10

/** A Markdown table of rates, in lines; of several rounds with their medians. */
export function speedTable({
  rounds,
  perfTest,
}: Pick<RebuildResults, 'dataset' | 'rounds' | 'perfTest'>): string[] {
  if (rounds.length === 0) return []
  const rows = rounds.map(figuresOf)
  const medians = rows[0]!.map((_, column) => median(rows.map((row) => row[column]!)))
  const line = (name: string, row: readonly number[]) => [
    name,
    ...row.map((value, at) => value.toFixed(DIGITS[at])),
  ]
  const lines = rows.map((row, at) => line(`round ${at + 1}`, row))
  if (rounds.length > 1) lines.push(line('**median**', medians))
  const consumer =
    perfTest === null ? [] : ['', `kafka-consumer-perf-test: ${count(Math.round(perfTest))} records/s`]
  return [...table(SPEED_HEADINGS, lines), ...consumer]
}

const SPEED_HEADINGS = [
  '',
  'copy, records/s',
  'replay, s',
  'export, s',
  'rebuild, records/s',
  'rebuild / copy',
  'copy, CPU s',
  'rebuild, CPU s',
  'copy / rebuild, CPU',
]
const DIGITS = [0, 1, 1, 0, 2, 1, 1, 2]

/** In the headings' order. */
function figuresOf({ copy, rebuild: { verdicts, replay, export: exported } }: Round): number[] {
  const copyRate = copy.records / copy.seconds
  const rebuildRate = verdicts / (replay.seconds + exported.seconds)
  const copyCpu = copy.cpuSeconds + copy.brokerCpuSeconds
  const rebuildCpu = cpuOf(replay) + cpuOf(exported)
  return [
    copyRate,
    replay.seconds,
    exported.seconds,
    rebuildRate,
    rebuildRate / copyRate,
    copyCpu,
    rebuildCpu,
    copyCpu / rebuildCpu,
  ]
}

function cpuOf({ cpuSeconds, brokerCpuSeconds }: Command): number {
  return cpuSeconds + brokerCpuSeconds
}

/** A Markdown table of the memory each command took at each size, in lines. */
export function curveTable({ curve }: Pick<RebuildResults, 'curve'>): string[] {
  if (curve.length === 0) return []
  const of = ({ seconds, maxRss, samples }: Command): string[] => [
    mib(maxRss),
    mib(median(samples.map(({ heap }) => heap))),
    mib(Math.max(...samples.map(({ heap }) => heap))),
    seconds.toFixed(0),
  ]
  return table(
    [
      'verdicts',
      ...['replay', 'export'].flatMap((name) => [`${name}: RSS, MiB`, 'heap, median', 'most', 's']),
    ],
    curve.map(({ verdicts, replay, export: exported }) => [count(verdicts), ...of(replay), ...of(exported)]),
  )
}

/** The most of it in each tenth of a command's time, MiB. */
function tenths({ samples, seconds }: Command, what: 'rss' | 'heap'): number[] {
  return Array.from({ length: PARTS }, (_, part) => {
    const within = samples.filter((sample) => Math.floor((sample.seconds / seconds) * PARTS) === part)
    return Math.round(Math.max(0, ...within.map((sample) => sample[what])) / MIB)
  })
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(0)
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [headings, headings.map(() => '---:'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
}

/** The page docs/benchmarks-rebuild.md. */
export function page(results: RebuildResults): string {
  return [intro(results), speed(results), memory(results), ''].join('\n')
}

function intro({ cpu, cores, memoryGiB, node, command, load }: RebuildResults): string {
  return `# Rebuilding a dataset

What a changed mind costs in time when it costs no calls: \`ninefold replay --from verdicts\`, then \`ninefold export\`, of
a pipeline in which every call is answered from the log. Both are run as users run them, each a process of its own, from
its start to its end: joining the groups, bringing the cache up to the log, triage, ranking, mending, writing anew,
summaries, everything committed in transactions; then Alpaca files in all three shapes.

This page is written by \`npm run bench:rebuild -- --docs\`.

- Machine: ${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node.slice(1)}. Commands and broker share it.
- Load of the machine in the minute before: ${load.before.toFixed(1)}, and after: ${load.after.toFixed(1)}.
- Command: \`${command}\``
}

function speed(results: RebuildResults): string {
  const { dataset, rounds } = results
  if (rounds.length === 0) return ''
  const { verdicts, verdictBytes, completions, records, unsolved } = dataset
  return `
## Speed

${count(verdicts)} verdicts of ${count(Math.round(verdictBytes / verdicts))} bytes on average; ${count(completions)} calls
behind them, ${count(records)} training records to be made, ${count(unsolved)} questions unsolved. The calls of \`generate\`
and \`verify\` are not in the log: a replay from verdicts asks for none.

Beside it, in the same round, what the same client does at best: bare KafkaJS that consumes the topic of verdicts and
produces each record to another topic, all partitions side by side, without transactions, and nothing else; timed from the
first record that comes. Rates are verdicts a second; a rebuild's is over replay and export together. The first round also
brings the answers from the log to this machine; the others find them there.

${speedTable(results).join('\n')}

CPU is the command's and the broker's together. \`kafka-consumer-perf-test\` is Kafka's own, only reads, and is timed from
when it has joined its group.
`
}

function memory({ curve }: RebuildResults): string {
  if (curve.length === 0) return ''
  const largest = curve.reduce((most, one) => (one.verdicts > most.verdicts ? one : most))
  return `
## Memory

The same at growing sizes, a rebuild each: the most each process held. RSS is as the system counts it; the heap is what
lives in it, looked at once a second right after a collection.

${curveTable({ curve }).join('\n')}

${chart(curve)}

And within the largest, ${count(largest.verdicts)} verdicts: the most in each tenth of the time, MiB.

${table(
  ['', ...Array.from({ length: PARTS }, (_, part) => `${part + 1}`)],
  [
    ...(['replay', 'export'] as const).flatMap((name) => [
      [`${name}, RSS`, ...tenths(largest[name], 'rss').map(String)],
      [`${name}, heap`, ...tenths(largest[name], 'heap').map(String)],
    ]),
  ],
).join('\n')}
`
}

function chart(curve: readonly Rebuild[]): string {
  const most = Math.max(...curve.flatMap((one) => [one.replay.maxRss, one.export.maxRss])) / MIB
  const values = (of: (one: Rebuild) => Command) => curve.map((one) => mib(of(one).maxRss)).join(', ')
  return `\`\`\`mermaid
xychart-beta
    title "RSS at most, MiB: replay, export"
    x-axis "verdicts" [${curve.map(({ verdicts }) => `"${count(verdicts)}"`).join(', ')}]
    y-axis "MiB" 0 --> ${Math.ceil(most / 100) * 100}
    line [${values(({ replay }) => replay)}]
    line [${values(({ export: exported }) => exported)}]
\`\`\``
}
