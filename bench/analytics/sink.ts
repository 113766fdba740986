/** How fast the sink brings records from a topic into its table, beside bare inserts of the same rows. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openAnalytics } from '../../analytics/client.ts'
import { migrate } from '../../analytics/migrations.ts'
import { ClickhouseDatabase } from '../../analytics/sink/database.ts'
import { type Row, rowsOf } from '../../analytics/sink/rows.ts'
import { rawPaths } from '../../analytics/tables/raw-paths.ts'
import { startSink } from '../../pipeline/analytics.ts'
import { publish } from '../../pipeline/publish.ts'
import type { Session } from '../../pipeline/session.ts'
import type { RawPath } from '../../schemas/types.ts'
import { RecordCodec } from '../../streams/record-codec.ts'
import { prose } from '../prose.ts'
import { syntheticQuestions } from '../questions.ts'

/** Rows a second, each way. */
export interface SinkRound {
  readonly rows: number
  readonly sink: number
  readonly bare: number
}

/** Characters of what a model wrote: a path of the ReasonMed paper. */
const TEXT_LENGTH = 3_000
const PUBLISHED_AT_ONCE = 1_000
/** As many as the sink puts into an insert when texts are that long, and as many inserts at once. */
const ROWS_AN_INSERT = 2_000
const INSERTS_AT_ONCE = 3
const POLL_MS = 20
/** What may wait in the sink, 64 MiB, in rows. */
const ROWS_IN_MEMORY = (64 * 1024 * 1024) / TEXT_LENGTH

/** Fills topic `raw-paths`, then measures both. The database of the session's pipeline must be new. */
export async function measureSink(session: Session, rows: number): Promise<SinkRound> {
  await fill(session, rows)
  const sink = await throughSink(session, rows)
  const bare = await bareInserts(session, await readRows(session))
  return { rows, sink, bare }
}

/** Records that stand in the topic before anything is measured. */
async function fill(session: Session, rows: number): Promise<void> {
  const questions = syntheticQuestions(Math.ceil(rows / 9))
  for (let from = 0; from < rows; from += PUBLISHED_AT_ONCE) {
    const count = Math.min(PUBLISHED_AT_ONCE, rows - from)
    const values = Array.from({ length: count }, (_, at) =>
      rawPath(questions[Math.floor((from + at) / 9)]!, from + at),
    )
    await publish(
      session,
      values.map((value) => ({ topic: 'raw-paths' as const, key: value.question.questionId, value })),
    )
  }
}

/**
 * From the first rows it has brought in, for joining its group is no matter of speed, until what is left fits into its
 * memory: from then on it rests between inserts, so that a pipeline that is not behind keeps the machine.
 */
async function throughSink(session: Session, rows: number): Promise<number> {
  const failed = Promise.withResolvers<never>()
  const sink = startSink(session, { say: () => {}, failed: failed.reject })!
  const measured = async (): Promise<number> => {
    while (sink.written === 0) await sleep(POLL_MS)
    const [before, started] = [sink.written, performance.now()]
    while (sink.written < rows - ROWS_IN_MEMORY) await sleep(POLL_MS)
    return (sink.written - before) / ((performance.now() - started) / 1000)
  }
  try {
    return await Promise.race([measured(), failed.promise])
  } finally {
    await sink.stop()
  }
}

/** The rows of the topic, as the sink makes them. */
async function readRows(session: Session): Promise<Row[]> {
  const { config, codec, fullName, reader } = session
  const records = new RecordCodec(codec, fullName, ['raw-paths'], config.kafka.partitions)
  const rows: Row[] = []
  for await (const stored of reader.readAll(fullName('raw-paths'))) {
    for (const [partition, its] of Map.groupBy(stored, (one) => one.partition)) {
      const origin = { edition: config.edition, topic: 'raw-paths' as const, partition }
      const messages = its.map((one) => ({ ...one, offset: String(one.offset) }))
      rows.push(...(await rowsOf(records, origin, messages as never)).rows)
    }
  }
  return rows
}

/** The same statement with the same settings, on rows that are in memory, into another database. */
async function bareInserts({ config, analyticsUrl }: Session, rows: readonly Row[]): Promise<number> {
  const database = `${config.pipeline}_bare`
  const open = (name = database) => openAnalytics(config, analyticsUrl, { database: name })
  const layout = { database, cluster: null }
  await migrate(open, layout)
  const client = open()
  const target = new ClickhouseDatabase(client, layout)
  const origin = { edition: config.edition, topic: 'raw-paths' as const, partition: 0 }
  let next = 0
  const insertOn = async () => {
    for (let from = next; from < rows.length; from = next) {
      next += ROWS_AN_INSERT
      const its = rows.slice(from, from + ROWS_AN_INSERT)
      await target.insert(rawPaths, its, `${from}`, { origin, first: from, last: next - 1 })
    }
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: INSERTS_AT_ONCE }, insertOn))
  const seconds = (performance.now() - started) / 1000
  await client.command({ query: `DROP DATABASE ${database} SYNC` })
  await client.close()
  return rows.length / seconds
}

function rawPath(question: RawPath['question'], number: number): RawPath {
  const samplerId = `sampler-${number % 9}`
  const pathId = `path-${number}`
  const path = {
    ...{ pathId, samplerId, model: `model-${number % 3}`, temperature: 0.7, topP: 0.9, ordinal: 1 },
    ...{ promptVersion: 'generate@1', reasoning: '', finishReason: 'stop' },
    answerText: prose(number, TEXT_LENGTH),
    ...{ promptTokens: 300, completionTokens: 700, requestHash: `request-${number}` },
  }
  return { kind: 'path', pathId, samplerId, question, path, missing: null }
}
