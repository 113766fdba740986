import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 250

/** Looks again and again, until the condition holds or the signal is aborted. */
export async function until(stop: AbortSignal, condition: () => Promise<boolean>): Promise<void> {
  while (!stop.aborted && !(await condition()))
    await sleep(POLL_MS, undefined, { signal: stop }).catch(() => {})
}
