/** Asks the views for the sections' rows. */
import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client'
import { openAnalytics, passwordOf } from '../analytics/client.ts'
import { explainFailure } from '../analytics/failure.ts'
import type { Config } from '../config/config.ts'
import { NinefoldError } from '../errors.ts'
import type { Answer, ReportParameters, Row, Section, Value } from './section.ts'

/** Each may use all cores: more at a time would only take memory. */
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
    return await askAll(client, sections, parameters)
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
  client: ClickHouseClient,
  sections: readonly Section[],
  parameters: ReportParameters,
): Promise<Answer[]> {
  const answers = new Map<Section, Answer>()
  const waiting = sections.values()
  const askOn = async () => {
    for (const section of waiting) {
      answers.set(section, {
        section,
        rows: await rowsOf(client, section.select, { alarmBelow: 0, ...parameters }),
      })
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, askOn))
  return sections.flatMap((section) => answers.get(section) ?? [])
}

async function rowsOf(
  client: ClickHouseClient,
  query: string,
  parameters: Record<string, string | number>,
): Promise<Row[]> {
  const result = await client.query({ query, query_params: parameters, format: 'JSONCompact' })
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
