/**
 * `npm run bench:analytics`: how fast the sink brings records into ClickHouse beside bare inserts of the same rows, and
 * how long the report takes on a dataset of the ReasonMed paper's size, on a stack of its own.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openSession, type Session } from '../../pipeline/session.ts'
import { stopStack } from '../../stack/stop.ts'
import { benchSettings } from '../config.ts'
import { describeMachine } from '../results.ts'
import { measureReport, type ReportTimes } from './report.ts'
import { analyticsTable } from './results.ts'
import { measureSink, type SinkRound } from './sink.ts'

const WORK_FOLDER = join('.ninefold', 'bench-analytics')

const { values: flags } = parseArgs({
  options: {
    /** Records of a round of the sink, more than 30,000; 0 leaves it out. */
    rows: { type: 'string', default: '120000' },
    rounds: { type: 'string', default: '3' },
    /** 195,000 with nine paths each are the paper's; 0 leaves the report out. */
    questions: { type: 'string', default: '195000' },
    seed: { type: 'string', default: '1' },
    name: { type: 'string', default: 'analytics-latest' },
  },
})

const before = loadavg()[0]!
const results = { ...describeMachine(), sink: [] as SinkRound[], report: null as ReportTimes | null }
try {
  const run = `bench${Date.now().toString(36)}`
  for (let round = 0; round < (flags.rows === '0' ? 0 : Number(flags.rounds)); round++) {
    results.sink.push(
      await inSession(`${run}r${round}`, (session) => measureSink(session, Number(flags.rows))),
    )
  }
  if (flags.questions !== '0') {
    const size = { questions: Number(flags.questions), seed: Number(flags.seed) }
    results.report = await inSession(run, (session) => measureReport(session, size, Number(flags.rounds)))
  }
} finally {
  await stopStack({ dataDir: WORK_FOLDER })
  rmSync(WORK_FOLDER, { recursive: true, force: true })
}
const load = { before, after: loadavg()[0]! }
console.log(analyticsTable(results))
console.error(`load of the machine: ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after`)
const folder = new URL('../results/', import.meta.url)
mkdirSync(folder, { recursive: true })
writeFileSync(new URL(`${flags.name}.json`, folder), `${JSON.stringify({ ...results, load }, null, 2)}\n`)

/** Does something in a session of a pipeline of that name, on the bench's stack. */
async function inSession<T>(pipeline: string, work: (session: Session) => Promise<T>): Promise<T> {
  const settings = benchSettings({ pipeline, baseURL: 'http://127.0.0.1:9/v1', concurrency: 1 })
  const session = await openSession({
    config: { ...settings, data: WORK_FOLDER },
    onProgress: (line) => console.error(line),
  })
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}
