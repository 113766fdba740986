/** ClickHouse dies, and is started again on its data: the tables must have every row once. */
import type { ChaosRun } from '../chaos-run.ts'
import type { Fault } from '../fault.ts'
import { downAtStart, killedWhileWorkersRun, type Part } from './part-away.ts'

/** An insert takes some tens of milliseconds: the kill falls before, into or after what it does. */
const INSERT_MS = 25
/** Rows come in again by then, ms. */
const LIMIT_MS = 180_000

const CLICKHOUSE: Part = { area: 'clickhouse', called: 'ClickHouse', startAgain: takingRowsAgain }

/** While workers run. */
export const clickhouseAway = killedWhileWorkersRun(CLICKHOUSE)

/** While a worker starts. */
export const clickhouseAwayAtStart = downAtStart(CLICKHOUSE)

/** While it takes rows in. */
export const clickhouseKilledInInsert: Fault = {
  name: 'ClickHouse killed (SIGKILL) in an insert',
  area: 'clickhouse',
  async inject(run, chance) {
    const afterMs = chance.between(0, INSERT_MS)
    await run.strikeAt(chance.pick(run.crew.kept), run.stack.pid('clickhouse'), 'insert', afterMs)
    await run.stack.gone('clickhouse')
    return { what: `${afterMs} ms after it began`, recoverySeconds: await takingRowsAgain(run) }
  },
}

/** Until rows come in again. @returns seconds from the moment it answers. */
async function takingRowsAgain(run: ChaosRun): Promise<number> {
  await run.stack.startAgain()
  const began = performance.now()
  const before = await run.rows()
  await run.until(async () => (await run.rows()) > before, 'no rows came into ClickHouse', LIMIT_MS)
  await run.recovered(began)
  return (performance.now() - began) / 1_000
}
