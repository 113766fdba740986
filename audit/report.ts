import { counted } from '../terminal/numbers.ts'
import type { AuditReport } from './audit.ts'
import type { Finding, StepCounts } from './findings.ts'

const COLUMNS: readonly (keyof StepCounts)[] = ['in', 'out', 'missing', 'deadLetters', 'waiting', 'faults']
const HEADER = ['step', 'in', 'out', 'missing', 'dead letters', 'waiting', 'faults']

/** An audit for a terminal: a table by step, what waits, what is wrong, and the verdict in the last line. */
export function formatReport(report: AuditReport): string {
  const { steps, waiting, waitingCount, faults, faultCount } = report
  const rows = Object.entries(steps).map(([step, counts]) => [
    step,
    ...COLUMNS.map((column) => String(counts[column])),
  ])
  return [
    ...table([HEADER, ...rows]),
    ...listed('waiting', waiting, waitingCount, ({ step, id, detail }) => `${step}: ${id}: ${detail}`),
    ...listed(
      'faults',
      faults,
      faultCount,
      ({ step, kind, id, detail }) => `${step}: ${kind}: ${id}: ${detail}`,
    ),
    ...dismissedLines(report),
    ...elsewhereLines(report),
    '',
    faultCount === 0
      ? 'audit balances'
      : `audit found ${faultCount} ${faultCount === 1 ? 'fault' : 'faults'}`,
  ].join('\n')
}

function dismissedLines({ dismissed }: AuditReport): string[] {
  if (dismissed === 0) return []
  return ['', `${counted(dismissed, 'dead letter')} dismissed: accounted for, and never tried again`]
}

function elsewhereLines({ paidElsewhere }: AuditReport): string[] {
  if (paidElsewhere === 0) return []
  return [
    '',
    `${counted(paidElsewhere, 'call')} answered on a second machine, too: under way there when the work moved`,
  ]
}

function table(rows: readonly string[][]): string[] {
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map(([step = '', ...counts]) => {
    const cells = counts.map((cell, at) => cell.padStart(widths[at + 1] ?? 0))
    return [step.padEnd(widths[0] ?? 0), ...cells].join('  ')
  })
}

function listed<T extends Finding>(
  title: string,
  shown: readonly T[],
  count: number,
  line: (item: T) => string,
): string[] {
  if (count === 0) return []
  const more = count > shown.length ? [`  and ${count - shown.length} more (--json lists all)`] : []
  return ['', `${title}:`, ...shown.map((item) => `  ${line(item)}`), ...more]
}
