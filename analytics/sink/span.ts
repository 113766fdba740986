/**
 * A stretch of a partition, and the id of all that is asked of the database about it: looks and inserts. A server runs
 * one query of an id at a time and refuses others: so a look is answered when whatever is still under way from an
 * earlier try has ended, and sees what came of it. On a cluster that holds for queries that reach the same server.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ClickHouseError } from '@clickhouse/client'
import type { Origin } from './rows.ts'

/** From the first offset to the last. */
export interface Span {
  readonly origin: Origin
  readonly first: number
  readonly last: number
}

/** QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING */
const ALREADY_RUNNING = '216'
const PATIENCE_MS = 60_000
const POLL_MS = 50

/** The span's id; other databases of a server have spans of the same places. */
export function queryIdOf(database: string, { origin, first, last }: Span): string {
  return `${database}/${origin.edition}/${origin.topic}/${origin.partition}/${first}-${last}`
}

/** Asks as soon as nothing of the same id is under way. @throws what the request throws, or that it still is. */
export async function askAlone<T>(request: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await request()
    } catch (error) {
      const isRunning = error instanceof ClickHouseError && error.code === ALREADY_RUNNING
      if (!isRunning || performance.now() > until) throw error
    }
    await sleep(POLL_MS, undefined, { ref: false })
  }
}
