/** Asks the views for the sections' rows. */
import { availableParallelism } from 'node:os'
import { type ClickHouseClient, ClickHouseError, type ClickHouseSettings } from '@clickhouse/client'
import { openAnalytics, passwordOf } from '../analytics/client.ts'
import { explainFailure } from '../analytics/failure.ts'
import type { Config } from '../config/config.ts'
import { NinefoldError } from '../errors.ts'
import type { Answer, ReportParameters, Row, Section, Value } from './section.ts'

/** One begins while the other ends; more would only take memory. */
const AT_A_TIME = 2
const UNKNOWN_TABLE = '60'
/** ClickHouse writes 64-bit numbers as text where it was told to. */
const NUMERIC = /^(Nullable\()?(U?Int|Float|Decimal)/

/** Where to ask. */
export interface ReportSource {
  readonly config: Pick<Config, 'clickhouse'>
  /** Where the local engine answers; null for a server of the configuration. */
  readonly url: string | null
}

/**
 * The answers, in the sections' order.
 * @throws {NinefoldError} NF_EDITION_UNKNOWN, NF_REPORT_VIEWS where the views are not there yet, NF_CLICKHOUSE_*
 */
export async function askSections(
  sections: readonly Section[],
  parameters: ReportParameters,
  { config, url }: ReportSource,
): Promise<Answer[]> {
  const client = openAnalytics(config, url)
  try {
    await checkEdition(client, parameters.edition)
    const atOnce = Math.min(AT_A_TIME, sections.length)
    const ask = (query: string) =>
      rowsOf(client, query, { alarmBelow: 0, ...parameters }, threadsFor(atOnce, config))
    return await askAll(sections, atOnce, ask)
  } catch (error) {
    throw (
      missingViews(error) ??
      explainFailure(error, { url: url ?? '', password: passwordOf(config.clickhouse) })
    )
  } finally {
    await client.close()
  }
}

async function askAll(
  sections: readonly Section[],
  atOnce: number,
  ask: (query: string) => Promise<Row[]>,
): Promise<Answer[]> {
  const answers = new Map<Section, Answer>()
  // One that takes long must not be the last one, beside which nothing is left to be done.
  const waiting = sections.toSorted((a, b) => (b.weight ?? 0) - (a.weight ?? 0)).values()
  const askOn = async () => {
    for (const section of waiting) answers.set(section, { section, rows: await ask(section.select) })
  }
  await Promise.all(Array.from({ length: atOnce }, askOn))
  return sections.flatMap((section) => answers.get(section) ?? [])
}

/**
 * Of the local engine, which shares this machine, each query at a time is given its share of the cores: more threads
 * than these only have more to merge. A server knows best itself.
 */
function threadsFor(atOnce: number, { clickhouse }: ReportSource['config']): ClickHouseSettings {
  if (clickhouse.kind !== 'local') return {}
  return { max_threads: Math.max(1, Math.floor(availableParallelism() / atOnce)) }
}

async function rowsOf(
  client: ClickHouseClient,
  query: string,
  parameters: Record<string, string | number>,
  settings: ClickHouseSettings = {},
): Promise<Row[]> {
  const result = await client.query({
    query,
    query_params: parameters,
    format: 'JSONCompact',
    clickhouse_settings: settings,
  })
  const { meta = [], data } = await result.json<Value[]>()
  return data.map((values) =>
    Object.fromEntries(meta.map(({ name, type }, at) => [name, decoded(values[at] ?? null, type)])),
  )
}

function decoded(value: Value, type: string): Value {
  return typeof value === 'string' && NUMERIC.test(type) ? Number(value) : value
}

/** An edition nobody has run would look like one of which nothing is known. */
async function checkEdition(client: ClickHouseClient, edition: string): Promise<void> {
  const rows = await rowsOf(client, 'SELECT DISTINCT edition FROM editions ORDER BY edition', {})
  const known = rows.map((row) => String(row.edition))
  if (known.length === 0 || known.includes(edition)) return
  throw new NinefoldError(
    'NF_EDITION_UNKNOWN',
    `analytics know no edition ${JSON.stringify(edition)}`,
    `There is: ${known.join(', ')}.`,
  )
}

function missingViews(error: unknown): NinefoldError | null {
  if (!(error instanceof ClickHouseError) || error.code !== UNKNOWN_TABLE) return null
  return new NinefoldError(
    'NF_REPORT_VIEWS',
    'the views the report is made of are not in the database',
    'A worker of this version makes them when it starts: `ninefold run --until-drained`.',
    { cause: error },
  )
}
