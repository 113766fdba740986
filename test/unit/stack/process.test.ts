import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { findMarked, markOf, stopOrphans } from '../../../stack/orphans.ts'
import {
  isAlive,
  type ProcessIdentity,
  parseProcStat,
  startDetached,
  startTimeOf,
  stopProcess,
} from '../../../stack/process.ts'

const folder = mkdtempSync(join(tmpdir(), 'ninefold-process-'))
const logFile = join(folder, 'logs', 'child.log')
const started: ProcessIdentity[] = []

afterEach(() => {
  for (const identity of started.splice(0)) if (isAlive(identity)) process.kill(identity.pid, 'SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true }))

async function startNode(script: string, ...args: string[]) {
  const child = await startDetached({
    command: process.execPath,
    args: ['-e', script, '--', ...args],
    cwd: folder,
    logFile,
  })
  started.push(child.identity)
  return child
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 10_000) throw new Error('waited ten seconds in vain')
    await sleep(20)
  }
}

const IDLE = 'setInterval(() => {}, 1000)'

describe('parseProcStat', () => {
  const after = (threads: number) => `1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 ${threads} 18 4711 20 21`

  it('counts the fields after the command name, whatever the name holds', () => {
    expect(parseProcStat(`42 (java) S ${after(30)}`)).toBe('4711')
    expect(parseProcStat(`42 (a) R (b c) S ${after(1)}`)).toBe('4711')
  })

  it('takes a zombie for dead, but not before its last thread has ended', () => {
    expect(parseProcStat(`42 (java) Z ${after(1)}`)).toBeNull()
    expect(parseProcStat(`42 (java) Z ${after(12)}`)).toBe('4711')
  })
})

describe('process identity', () => {
  it('is the same each time it is asked for, and null without a process', () => {
    expect(startTimeOf(process.pid)).toBe(startTimeOf(process.pid))
    expect(startTimeOf(process.pid)).not.toBeNull()
    expect(startTimeOf(2 ** 30)).toBeNull()
  })

  it('keeps a recycled pid from being signalled', async () => {
    const { identity } = await startNode(IDLE)
    const earlier = { pid: identity.pid, startTime: 'of a process that had this pid before' }
    expect(isAlive(earlier)).toBe(false)
    expect(await stopProcess(earlier, 100)).toBe('not running')
    expect(isAlive(identity)).toBe(true)
  })
})

describe('startDetached', () => {
  it('appends to the log and says where the new lines begin', async () => {
    const first = await startNode('console.log("one")')
    await until(() => !isAlive(first.identity))
    const second = await startNode('console.error("two")')
    await until(() => !isAlive(second.identity))
    const log = readFileSync(logFile)
    expect(log.toString()).toBe('one\ntwo\n')
    expect(log.subarray(second.logOffset).toString()).toBe('two\n')
  })

  it('leads a session of its own, so that a signal to our group does not reach it', async () => {
    const { identity } = await startNode(IDLE)
    const stat = readFileSync(`/proc/${identity.pid}/stat`, 'utf8')
    const [, , group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    expect([Number(group), Number(session)]).toEqual([identity.pid, identity.pid])
  })

  it('fails when there is no such command', async () => {
    await expect(
      startDetached({ command: join(folder, 'nothing'), args: [], cwd: folder, logFile }),
    ).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('stopProcess', () => {
  it('asks first', async () => {
    const { identity } = await startNode(IDLE)
    expect(await stopProcess(identity, 5000)).toBe('stopped')
    expect(isAlive(identity)).toBe(false)
  })

  it('kills what does not listen', async () => {
    const ready = join(folder, 'deaf')
    const script = `process.on('SIGTERM', () => {}); require('fs').writeFileSync('${ready}', ''); ${IDLE}`
    const { identity } = await startNode(script)
    await until(() => {
      try {
        return readFileSync(ready) !== null
      } catch {
        return false
      }
    })
    expect(await stopProcess(identity, 200)).toBe('killed')
    expect(isAlive(identity)).toBe(false)
  })
})

describe('stopOrphans', () => {
  it('ends what carries the mark of this folder and is not known, and nothing else', async () => {
    const [mine, other] = [join(folder, 'mine'), join(folder, 'mine-too')]
    const known = await startNode(IDLE, markOf(mine), 'x')
    const orphan = await startNode(IDLE, markOf(mine), 'x')
    const stranger = await startNode(IDLE, markOf(other), 'x')
    await until(() => findMarked(markOf(mine)).length === 2)
    const state = { version: 1, ports: {}, processes: { kafka: known.identity } } as const
    expect(await stopOrphans(mine, { ...state, processes: { ...state.processes } }, 5000)).toBe(1)
    expect([known, orphan, stranger].map(({ identity }) => isAlive(identity))).toEqual([true, false, true])
  })
})
