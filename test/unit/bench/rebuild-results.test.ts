import { expect, test } from 'vitest'
import { curveTable, speedTable } from '../../../bench/rebuild/results.ts'
import type { Command, Rebuild, Round } from '../../../bench/rebuild/rounds.ts'

const MIB = 2 ** 20

function command(seconds: number, mib: number): Command {
  const samples = [{ seconds: 1, rss: mib * MIB, heap: (mib / 2) * MIB }]
  return { seconds, cpuSeconds: seconds, brokerCpuSeconds: 1, maxRss: mib * MIB, samples }
}

function rebuilt(verdicts: number, seconds: number): Rebuild {
  return { verdicts, records: 1, replay: command(seconds, 300), export: command(2, 200) }
}

function round(seconds: number): Round {
  const copy = { records: 1_000, bytes: 5_000_000, seconds: 1, cpuSeconds: 2, brokerCpuSeconds: 1 }
  return { copy, rebuild: rebuilt(1_000, seconds) }
}

const dataset = {
  ...{ pipeline: 'p', verdictsTopic: 'p.main.verdicts', verdicts: 1_000, verdictBytes: 5_000_000 },
  ...{ completions: 400, records: 200, unsolved: 0 },
}

test('a rebuild is replay and export together, over the copy of its own round', () => {
  const lines = speedTable({ dataset, rounds: [round(3), round(8)], perfTest: 12_345 })
  expect(lines.slice(2)).toEqual([
    '| round 1 | 1000 | 3.0 | 2.0 | 200 | 0.20 | 3.0 | 7.0 | 0.43 |',
    '| round 2 | 1000 | 8.0 | 2.0 | 100 | 0.10 | 3.0 | 12.0 | 0.25 |',
    '| **median** | 1000 | 5.5 | 2.0 | 150 | 0.15 | 3.0 | 9.5 | 0.34 |',
    '',
    'kafka-consumer-perf-test: 12,345 records/s',
  ])
})

test('the curve has a line a size, with the most that each command held', () => {
  const lines = curveTable({ curve: [rebuilt(10_000, 4), rebuilt(100_000, 31)] })
  expect(lines.slice(2)).toEqual([
    '| 10,000 | 300 | 150 | 150 | 4 | 200 | 100 | 100 | 2 |',
    '| 100,000 | 300 | 150 | 150 | 31 | 200 | 100 | 100 | 2 |',
  ])
})
