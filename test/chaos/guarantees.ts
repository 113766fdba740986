/** docs/guarantees.md, from what the harness has found. */
import { cpus } from 'node:os'
import { DEFAULT_TUNING } from '../../streams/worker-tuning.ts'
import { SESSION_TIMEOUT_MS } from './chaos-run.ts'
import { CONTROLS } from './controls.ts'
import { MIN_CALLS_IN_FLIGHT } from './kill-order.ts'
import {
  type ControlResult,
  type InjectedFault,
  isClean,
  type MachineLossResult,
  type Results,
  type SeedResult,
} from './results.ts'

/** The document. @param at when it is written. */
export function guarantees({ seeds, controls, machineLosses }: Results, at: Date): string {
  return [
    `# What is guaranteed, and how it was shown`,
    `Written by \`npm run chaos\` on ${at.toISOString().slice(0, 10)}; not edited by hand. [How it works](kill-test.md).`,
    promises(),
    `## Faults`,
    summary(seeds),
    faultTable(seeds),
    `Lost, doubled, changed and paid twice are counted when a run has ended, over all topics, ClickHouse's tables and the exported files: a run that was damaged would count in every row whose fault it had met. Recovery is the time from the fault, or from its end where it lasts, until every worker published records again, on ${cpus().length} cores shared by workers, broker, registry, ClickHouse and endpoint; a worker that stands still is given up after ${SESSION_TIMEOUT_MS / 1_000} s here (${DEFAULT_TUNING.sessionTimeoutMs / 1_000} s by default).`,
    `## Money`,
    money(seeds),
    ...machineLosses.map(machineLoss),
    `## What the judge finds when a safeguard is missing`,
    `The same harness, with one safeguard taken away at a time. It has to find the damage, or its zeros above would mean nothing.`,
    controlTable(controls),
    '',
  ].join('\n\n')
}

function promises(): string {
  return `## Promised

- **Nothing is lost, nothing is there twice.** Every topic holds each record it should, once, whatever is killed, stopped or away in between: workers, broker, registry, ClickHouse, endpoints. ClickHouse's tables and the export agree with the topics.
- **What was answered is not paid for again** on the same machine: not after kills, restarts, rebalances or replays, and not by two editions at work in the same moment.
- **After the loss of a machine**, journal and stores included, only answers that were not yet published (the last commit interval) are paid for again.
- **A technical failure drops nothing**: the record waits, is tried again, or stands in \`dead-letters\` with its bytes.

## Not promised

- A call that is **in flight when its worker is killed** is made again: the endpoint may have begun to work on it, and may charge for it. An answer that had left the endpoint and not reached the worker is such a call, too. (The figures below keep such answers from being on their way when a worker is killed, so that what was known can be told from what nobody could know.)
- A call of a worker that **stands still for longer than a minute** is made by others, and may be paid when it goes on, too.
- Between machines nobody knows of the other's calls: what is in flight when its partition goes to **another machine** is made there, too.
- Time: a fault may cost seconds, and a part that is away is waited for.
- A disk that loses what it has confirmed, and a Kafka cluster that loses records it has acknowledged (here: one broker, whose process is killed, not its machine).
- Models that answer differently are not made to agree: equal requests are answered once, from then on from the journal.`
}

function summary(seeds: readonly SeedResult[]): string {
  const kills = seeds.flatMap(({ injected }) => injected.flatMap(({ kill }) => kill ?? []))
  const inTransaction = kills.filter(({ kind }) => kind === 'transaction').length
  const least = Math.min(...kills.map(({ callsInFlight }) => callsInFlight))
  const clean = seeds.filter(isClean).length
  return `${seeds.length} seeds (${seeds.map(({ seed }) => seed).join(', ')}; ${dates(seeds)}), ${clean} of them clean; ${range(seeds.map(({ questions }) => questions))} questions and ${range(seeds.map(({ workers }) => workers))} workers each; ${seeds.reduce((sum, { injected }) => sum + injected.length, 0)} faults, ${kills.length} of them kills that count: at least ${MIN_CALLS_IN_FLIGHT} calls to models in flight (the least were ${least}) and results uncommitted, ${inTransaction} inside transactions. In every run two aborted transactions overlap in the topic of questions.${unclean(seeds)}`
}

function unclean(seeds: readonly SeedResult[]): string {
  const failed = seeds.filter((seed) => !isClean(seed))
  if (failed.length === 0) return ''
  const lines = failed.map(
    ({ seed, error, judgement }) =>
      `- seed ${seed}: ${[error?.split('\n')[0] ?? '', ...(judgement?.findings ?? [])].filter((line) => line !== '').join('; ') || 'calls were paid twice'}`,
  )
  return `\n\n**Not clean:**\n\n${lines.join('\n')}`
}

const HEAD = ['fault', 'times', 'lost', 'doubled', 'changed', 'paid twice', 'recovery, median s', 'longest s']

function faultTable(seeds: readonly SeedResult[]): string {
  const names = new Set(seeds.flatMap(({ injected }) => injected.map(({ fault }) => fault)))
  const ordered = [...names].sort((a, b) => areaOf(seeds, a).localeCompare(areaOf(seeds, b)))
  const rows = ordered.map((name) => {
    const met = seeds.filter(({ injected }) => injected.some(({ fault }) => fault === name))
    const injected = seeds.flatMap((seed) => seed.injected.filter(({ fault }) => fault === name))
    const sum = (damage: 'lost' | 'doubled' | 'changed') =>
      met.reduce((total, { judgement }) => total + (judgement?.[damage] ?? 0), 0)
    const changed =
      sum('changed') + met.reduce((total, { judgement }) => total + (judgement?.foreign ?? 0), 0)
    const paid = met.reduce((total, seed) => total + (seed.money?.answeredRepeated ?? 0), 0)
    return [name, injected.length, sum('lost'), sum('doubled'), changed, paid, ...recovery(injected)]
  })
  return table(HEAD, rows)
}

function areaOf(seeds: readonly SeedResult[], name: string): string {
  const areas = ['workers', 'broker', 'registry', 'clickhouse', 'models', 'machine', 'input']
  const found = seeds.flatMap(({ injected }) => injected).find(({ fault }) => fault === name)
  return `${areas.indexOf(found?.area ?? 'input')} ${name}`
}

function recovery(injected: readonly InjectedFault[]): [string, string] {
  const seconds = injected.flatMap(({ recoverySeconds }) => recoverySeconds ?? []).sort((a, b) => a - b)
  const median = seconds[Math.floor(seconds.length / 2)]
  return [median?.toFixed(1) ?? '–', seconds.at(-1)?.toFixed(1) ?? '–']
}

function money(seeds: readonly SeedResult[]): string {
  const rows = seeds.map(({ seed, money }) => [
    seed,
    money?.calls ?? '–',
    money?.answeredRepeated ?? '–',
    money?.inFlightRepeated ?? '–',
    money?.faultRetried ?? '–',
  ])
  const head = [
    'seed',
    'calls',
    'answered, asked again',
    'asked again while in flight',
    'refused, asked again',
  ]
  return `As the endpoint that plays the models counts. The first of the three is what was paid twice.\n\n${table(head, rows)}`
}

function machineLoss({ answered, unpublished, money, judgement }: MachineLossResult): string {
  const { lost, doubled } = judgement
  return `**A machine lost**, its worker killed and journal and stores deleted: of ${answered} answers ${unpublished} had not been published; ${money.answeredRepeated} were paid for again. ${lost} records lost, ${doubled} doubled.`
}

function controlTable(controls: readonly ControlResult[]): string {
  const rows = CONTROLS.flatMap(({ name, without }) => {
    const result = controls.find(({ control }) => control === name)
    if (result === undefined) return []
    const { judgement, money, injected } = result
    return [
      [
        without,
        injected.length,
        judgement.lost,
        judgement.doubled,
        judgement.changed + judgement.foreign,
        money.answeredRepeated,
      ],
    ]
  })
  return table(['without', 'faults', 'lost', 'doubled', 'changed', 'paid twice'], rows)
}

function range(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  return least === most ? `${least}` : `${least} to ${most}`
}

function dates(seeds: readonly SeedResult[]): string {
  const days = [...new Set(seeds.map(({ startedAt }) => startedAt.slice(0, 10)))].sort()
  return days.length > 1 ? `${days[0]} to ${days.at(-1)}` : (days[0] ?? '')
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
