import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FULL_DISK, FULL_DISK_PRELOAD } from '../../support/full-disk-variable.ts'
import type { Fault } from '../fault.ts'

const SAID = 'the disk is full'
const SAY_LIMIT_MS = 60_000

/** Journal and stores of one worker find no room for some seconds; it waits, and goes on. */
export const fullDisk: Fault = {
  name: 'full disk under the journal and the stores, room again later',
  area: 'machine',
  async inject(run, chance) {
    const mark = join(run.folder, `full-${Math.floor(performance.now())}`)
    const chosen = chance.pick(run.crew.kept)
    const worker = await run.crew.replace(chosen, {
      preloads: [FULL_DISK_PRELOAD],
      env: { [FULL_DISK]: mark },
    })
    await run.recovered()
    const saidBefore = run.said.length
    const seconds = chance.between(1, 10)
    writeFileSync(mark, '')
    try {
      await run.until(
        () => run.said.slice(saidBefore).includes(SAID),
        'nobody said that the disk is full',
        SAY_LIMIT_MS,
      )
      await sleep(seconds * 1_000)
      if (worker.hasEnded) throw new Error('the worker ended for want of room')
    } finally {
      rmSync(mark)
    }
    return { what: 'journal and stores of one worker', recoverySeconds: await run.recovered() }
  },
}
