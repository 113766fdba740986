/** What the views and the report make of controls: few enough to be counted by hand, on the real engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAnalytics } from '../../../analytics/client.ts'
import { migrate } from '../../../analytics/migrations.ts'
import { controls } from '../../../analytics/tables/controls.ts'
import { askSections } from '../../../report/ask-sections.ts'
import { judgeControls } from '../../../report/sections/judge-controls.ts'
import { terminalReport } from '../../../report/terminal-report.ts'
import type { Control } from '../../../schemas/types.ts'
import { PLAIN } from '../../../terminal/style.ts'
import { everyTopic } from '../../support/every-topic.ts'
import { ToyEngine } from '../../support/toy-engine.ts'

const LAYOUT = { database: 'ninefold_controls', cluster: null }
const CLICKHOUSE = { kind: 'local', database: LAYOUT.database } as const
const DAY_MS = 86_400_000
/** 2026-03-04, UTC. */
const FIRST_DAY_MS = 1_772_582_400_000

let engine: ToyEngine
const open = (database?: string) => openAnalytics({ clickhouse: CLICKHOUSE }, engine.url, { database })
const rowsOf = (query: string) => engine.query<Record<string, unknown>>(LAYOUT.database, query)

let made = 0
function rows(count: number, day: number, changes: Partial<Control>): Record<string, unknown>[] {
  return Array.from({ length: count }, () => {
    const offset = made++
    const control = { ...everyTopic().controls, kind: 'wrong-argument', controlId: `${offset}`, ...changes }
    const time = FIRST_DAY_MS + day * DAY_MS + offset
    return { ...controls.rowOf(control satisfies Control), _time: time, _offset: offset }
  })
}

beforeAll(async () => {
  engine = await ToyEngine.start()
  await migrate(open, LAYOUT)
  const place = { edition: 'main', _topic: 'controls', _partition: 0 }
  const values = [
    ...rows(80, 0, {}),
    ...rows(20, 0, { judgement: 'Correct' }),
    ...rows(5, 1, {}),
    ...rows(25, 1, { judgement: 'Correct' }),
    ...rows(3, 1, { kind: 'given', expected: 'Correct', judgement: 'Correct' }),
  ].map((row) => ({ ...place, ...row }))
  const client = open()
  const columns = Object.keys(values[0]!) as [string, ...string[]]
  await client.insert({ table: 'controls', values, format: 'JSONEachRow', columns })
  await client.insert({
    table: 'editions',
    values: [
      {
        edition: 'main',
        base: '',
        base_from: '',
        config: '{}',
        _topic: 'e',
        _partition: 0,
        _time: 0,
        _offset: 0,
      },
    ],
    format: 'JSONEachRow',
    columns: ['edition', 'base', 'base_from', 'config', '_topic', '_partition', '_time', '_offset'],
  })
  await client.close()
})

afterAll(() => engine?.[Symbol.asyncDispose]())

describe('the views of controls', () => {
  it('tell a judge’s share of each kind by day, with Wilson’s interval', async () => {
    const found = await rowsOf(
      'SELECT toString(day) AS day, kind, expected, toUInt32(shown) AS shown, toUInt32(right) AS right, round(share_right, 4) AS share, round(share_low, 4) AS low, round(share_high, 4) AS high FROM judge_controls ORDER BY day, kind',
    )
    // By hand: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), z = 1.959964.
    expect(found).toEqual([
      {
        day: '2026-03-04',
        kind: 'wrong-argument',
        expected: 'Error',
        shown: 100,
        right: 80,
        share: 0.8,
        low: 0.7112,
        high: 0.8666,
      },
      {
        day: '2026-03-05',
        kind: 'given',
        expected: 'Correct',
        shown: 3,
        right: 3,
        share: 1,
        low: 0.4385,
        high: 1,
      },
      {
        day: '2026-03-05',
        kind: 'wrong-argument',
        expected: 'Error',
        shown: 30,
        right: 5,
        share: 0.1667,
        low: 0.0734,
        high: 0.3356,
      },
    ])
  })

  it('tell how it does now by its last hundred', async () => {
    const found = await rowsOf(
      'SELECT expected, toUInt32(shown) AS shown, toUInt32(right) AS right, share_right FROM judge_controls_latest',
    )
    // The first thirty of the first day, all of them right, have left the window.
    expect(found).toEqual([
      { expected: 'Correct', shown: 3, right: 3, share_right: 1 },
      { expected: 'Error', shown: 100, right: 55, share_right: 0.55 },
    ])
  })

  it('make the report raise an alarm below the limit, and not above it', async () => {
    const told = async (alarmBelow: number) => {
      const parameters = { edition: 'main', definition: 'majority', alarmBelow } as const
      const answers = await askSections([judgeControls], parameters, {
        config: { clickhouse: CLICKHOUSE },
        url: engine.url,
      })
      return terminalReport(answers, { width: 120, style: PLAIN })
    }
    expect(await told(0.9)).toContain('ALARM: verify-model says Error of only 55.0 % of its last controls')
    expect(await told(0.5)).not.toContain('ALARM')
  })
})
