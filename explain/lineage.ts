/** What a record comes from, as ClickHouse tells it in one query: no topic has to be searched for the record. */
import { openAnalytics } from '../analytics/client.ts'
import type { Session } from '../pipeline/session.ts'
import type { Match } from './find-question.ts'

/** A row of the view `lineage`, which explains its columns. */
export interface LineageRow {
  readonly edition: string
  readonly record_id: string
  readonly question_id: string
  readonly revision: number
  readonly step: string
  readonly id: string
  readonly model: string
  readonly temperature: number | null
  readonly outcome: string
  readonly reason: string
  readonly is_behind: boolean
  readonly calls: number
  readonly prompt_tokens: number | null
  readonly completion_tokens: number | null
  readonly usd: number | null
  readonly calls_of_unknown_cost: number
}

/** What the ids of records look like. */
const RECORD_ID = /^[0-9a-f]{32}$/
/** The topics have the answer, too: they are not kept waiting, s. */
const MOST_SECONDS = 15

/**
 * The steps on the way to a record of the session's edition. Null where ClickHouse cannot tell: there is none, or it is
 * away, or the sink has not come to the record yet; the topics know it all the same.
 */
export async function askLineage(
  { config, analyticsUrl }: Session,
  recordId: string,
): Promise<readonly LineageRow[] | null> {
  if (analyticsUrl === null || !RECORD_ID.test(recordId)) return null
  const options = { timeoutMs: MOST_SECONDS * 1000, access: 'reader' } as const
  try {
    const client = openAnalytics(config, analyticsUrl, options)
    try {
      const result = await client.query({
        query: 'SELECT * FROM lineage(record = {id:String}) WHERE edition = {edition:String}',
        query_params: { id: recordId, edition: config.edition },
        format: 'JSONEachRow',
        clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
      })
      const rows = await result.json<LineageRow>()
      return rows.length === 0 ? null : rows
    } finally {
      await client.close()
    }
  } catch {
    return null
  }
}

/** The question the record belongs to. */
export function questionOf(rows: readonly LineageRow[]): Match | null {
  const [row] = rows
  if (row === undefined) return null
  const { question_id: questionId, revision, record_id: id } = row
  return { questionId, revision, what: 'record', id }
}
