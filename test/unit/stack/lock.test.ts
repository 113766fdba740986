import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { acquireLock, waitForLock } from '../../../stack/lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'ninefold-lock-'))
const module = new URL('../../../stack/lock.ts', import.meta.url).href

afterAll(() => rmSync(folder, { recursive: true }))

/** A process that takes the lock, collects its garbage, says whether it got it, and stays until killed. */
function holder(path: string) {
  const script = `
    const { acquireLock } = await import(${JSON.stringify(module)})
    const outcome = acquireLock(${JSON.stringify(path)}) ? 'held' : 'refused'
    gc()
    console.log(outcome)
    setInterval(() => {}, 1000)`
  return spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', script])
}

describe('acquireLock', () => {
  it('is held by one, in the same process too, and free after its release', () => {
    const path = join(folder, 'new', 'folder', 'one.lock')
    const first = acquireLock(path)
    expect(first).not.toBeNull()
    expect(acquireLock(path)).toBeNull()
    expect(acquireLock(join(folder, 'another.lock'))).not.toBeNull()
    first!.release()
    first!.release()
    const second = acquireLock(path)
    expect(second).not.toBeNull()
    second!.release()
  })

  it('ends with its block', () => {
    const path = join(folder, 'block.lock')
    {
      using lock = acquireLock(path)
      expect(lock?.path).toBe(path)
    }
    expect(acquireLock(path)).not.toBeNull()
  })

  it('is refused to another process until its owner is killed; no warning is printed', async () => {
    const path = join(folder, 'killed.lock')
    const owner = holder(path)
    let errors = ''
    owner.stderr.on('data', (chunk) => {
      errors += chunk
    })
    expect(String((await once(owner.stdout, 'data'))[0])).toBe('held\n')
    expect(acquireLock(path)).toBeNull()
    const gone = once(owner, 'exit')
    owner.kill('SIGKILL')
    await gone
    const lock = acquireLock(path)
    expect(lock).not.toBeNull()
    const late = holder(path)
    expect(String((await once(late.stdout, 'data'))[0])).toBe('refused\n')
    late.kill('SIGKILL')
    expect(errors).toBe('')
  })
})

describe('waitForLock', () => {
  it('takes turns', async () => {
    const path = join(folder, 'turns.lock')
    let inside = 0
    let waits = 0
    const turn = async () => {
      using _lock = await waitForLock(path, { timeoutMs: 10_000, onWait: () => waits++ })
      expect(++inside).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 20))
      inside--
    }
    await Promise.all([turn(), turn(), turn()])
    expect(waits).toBe(2)
  })

  it('names the file when its owner never ends', async () => {
    const path = join(folder, 'forever.lock')
    using _lock = acquireLock(path)
    await expect(waitForLock(path, { timeoutMs: 150 })).rejects.toMatchObject({
      code: 'NF_LOCK_TIMEOUT',
      message: expect.stringContaining(path),
    })
  })
})
