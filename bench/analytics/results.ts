/** Figures of analytics as people read them. */
import { count } from '../../terminal/numbers.ts'
import { median } from '../statistics.ts'
import type { ReportTimes } from './report.ts'
import type { SinkRound } from './sink.ts'

/** Markdown tables of the sink's rounds and of the report's times. */
export function analyticsTable({
  sink,
  report,
}: {
  readonly sink: readonly SinkRound[]
  readonly report: ReportTimes | null
}): string {
  return [
    ...(sink.length === 0 ? [] : [sinkTable(sink)]),
    ...(report === null ? [] : [reportTable(report)]),
  ].join('\n\n')
}

function sinkTable(rounds: readonly SinkRound[]): string {
  const line = (name: string, sink: number, bare: number, ratio: number) =>
    `| ${name} | ${sink.toFixed(0)} | ${bare.toFixed(0)} | ${ratio.toFixed(2)} |`
  return [
    '|  | sink, rows/s | bare INSERT, rows/s | sink / bare |',
    '| --- | ---: | ---: | ---: |',
    ...rounds.map(({ sink, bare }, at) => line(`round ${at + 1}`, sink, bare, sink / bare)),
    line(
      '**median**',
      median(rounds.map(({ sink }) => sink)),
      median(rounds.map(({ bare }) => bare)),
      median(rounds.map(({ sink, bare }) => sink / bare)),
    ),
  ].join('\n')
}

function reportTable({ report, sections, questions, paths, completions }: ReportTimes): string {
  return [
    `${count(questions)} questions, ${count(paths)} paths, ${count(completions)} calls:`,
    '',
    '| section | ms |',
    '| --- | ---: |',
    ...Object.entries(sections).map(([name, ms]) => `| ${name} | ${ms.toFixed(0)} |`),
    `| **the whole report** | ${report.toFixed(0)} |`,
  ].join('\n')
}
