/** How long the report and its sections take on a dataset made up within ClickHouse. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { openAnalytics } from '../../analytics/client.ts'
import { migrate } from '../../analytics/migrations.ts'
import type { Session } from '../../pipeline/session.ts'
import { askSections } from '../../report/ask-sections.ts'
import { SECTIONS } from '../../report/sections.ts'
import { median } from '../statistics.ts'
import { type Generated, generatedInserts } from './generated-rows.ts'

/** Milliseconds, medians of several times. */
export interface ReportTimes {
  readonly questions: number
  readonly paths: number
  readonly completions: number
  readonly report: number
  /** By section, each asked alone. */
  readonly sections: Readonly<Record<string, number>>
}

const POLL_MS = 200
const PARAMETERS = { edition: 'main', definition: 'majority' } as const

/** Makes the dataset in a database of its own, which is dropped in the end, and asks for the report so many times. */
export async function measureReport(
  { config, analyticsUrl }: Session,
  size: Generated,
  times: number,
): Promise<ReportTimes> {
  const database = `${config.pipeline}_generated`
  const clickhouse = { ...config.clickhouse, database }
  const open = (name = database) => openAnalytics({ clickhouse }, analyticsUrl, { database: name })
  await migrate(open, { database, cluster: null })
  const client = open()
  try {
    for (const query of generatedInserts(size)) await client.command({ query })
    await comeToRest(client)
    const [counted] = await rowsOf<{ paths: number; completions: number }>(
      client.query({
        query:
          'SELECT toUInt32((SELECT count() FROM raw_paths)) AS paths, toUInt32((SELECT count() FROM completions)) AS completions',
        format: 'JSONEachRow',
      }),
    )
    const ask = (sections = SECTIONS) =>
      askSections(sections, PARAMETERS, { config: { clickhouse }, url: analyticsUrl })
    // Once to warm up: what is read from disk is in memory afterwards.
    await ask()
    const report = await medianOf(times, () => ask())
    const sections: Record<string, number> = {}
    for (const section of SECTIONS) sections[section.name] = await medianOf(times, () => ask([section]))
    return { questions: size.questions, ...counted!, report, sections }
  } finally {
    await client.command({ query: `DROP DATABASE ${database} SYNC` })
    await client.close()
  }
}

/** Parts of a dataset that has just been made are merged for a while, which takes cores from whoever asks meanwhile. */
async function comeToRest(client: ClickHouseClient): Promise<void> {
  const query = 'SELECT toUInt32(count()) AS merges FROM system.merges'
  const merges = async () =>
    (await rowsOf<{ merges: number }>(client.query({ query, format: 'JSONEachRow' })))[0]!.merges
  while ((await merges()) > 0) await sleep(POLL_MS)
}

async function medianOf(times: number, work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = []
  for (let time = 0; time < times; time++) {
    const started = performance.now()
    await work()
    taken.push(performance.now() - started)
  }
  return median(taken)
}

async function rowsOf<T>(answer: Promise<{ json<R>(): Promise<R[]> }>): Promise<T[]> {
  return (await answer).json<T>()
}
