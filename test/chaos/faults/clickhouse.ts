/** ClickHouse dies, and is started again on its data: the tables must have every row once. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChaosRun } from '../chaos-run.ts'
import type { Fault } from '../fault.ts'
import { startedWithout } from './registry.ts'

/** How long it is away while workers run, ms. */
const AWAY_MS = { from: 1_000, to: 4_000 } as const
/** An insert takes some tens of milliseconds: the kill falls before, into or after what it does. */
const INSERT_MS = 25
/** Rows come in again by then, ms. */
const LIMIT_MS = 180_000

/** While workers run. */
export const clickhouseAway: Fault = {
  name: 'ClickHouse killed (SIGKILL) while workers run',
  area: 'clickhouse',
  async inject(run, chance) {
    await run.stack.kill('clickhouse')
    const awayMs = chance.between(AWAY_MS.from, AWAY_MS.to)
    await sleep(awayMs)
    return { what: `away for ${awayMs} ms and its start`, recoverySeconds: await startedAgain(run) }
  },
}

/** While a worker starts. */
export const clickhouseAwayAtStart: Fault = {
  name: 'ClickHouse down while a worker starts',
  area: 'clickhouse',
  async inject(run, chance) {
    await run.stack.kill('clickhouse')
    const what = await startedWithout(run, chance)
    return { what, recoverySeconds: await startedAgain(run) }
  },
}

/** While it takes rows in. */
export const clickhouseKilledInInsert: Fault = {
  name: 'ClickHouse killed (SIGKILL) in an insert',
  area: 'clickhouse',
  async inject(run, chance) {
    const afterMs = chance.between(0, INSERT_MS)
    await run.strikeAt(chance.pick(run.crew.kept), run.stack.pid('clickhouse'), 'insert', afterMs)
    await run.stack.gone('clickhouse')
    return { what: `${afterMs} ms after it began`, recoverySeconds: await startedAgain(run) }
  },
}

/** Until rows come in again. @returns seconds from the moment it answers. */
async function startedAgain(run: ChaosRun): Promise<number> {
  await run.stack.startAgain()
  const began = performance.now()
  const before = await run.rows()
  await run.until(async () => (await run.rows()) > before, 'no rows came into ClickHouse', LIMIT_MS)
  await run.recovered(began)
  return (performance.now() - began) / 1_000
}
