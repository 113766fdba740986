import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { answersMetadata } from '../../../stack/broker-probe.ts'
import { buildComponent } from '../../../stack/layout.ts'
import { startTimeOf } from '../../../stack/process.ts'
import { lastLines, notReadyError, waitUntilReady } from '../../../stack/readiness.ts'

const folder = mkdtempSync(join(tmpdir(), 'ninefold-readiness-'))
const log = join(folder, 'part.log')
const ports = { kafka: 1, controller: 2, registry: 3, clickhouse: 4 }
const part = { ...buildComponent('kafka', folder, ports), logFile: log }

afterAll(() => rmSync(folder, { recursive: true }))

describe('lastLines', () => {
  it('gives the end of what was written from an offset on', () => {
    writeFileSync(log, 'yesterday\none\ntwo\nthree\n')
    expect(lastLines(log, 2)).toBe('two\nthree')
    expect(lastLines(log, 9, 'yesterday\n'.length)).toBe('one\ntwo\nthree')
  })

  it('is empty without a file, and reads only the end of a large one', () => {
    expect(lastLines(join(folder, 'none'), 5)).toBe('')
    writeFileSync(log, `${'x'.repeat(99)}\n`.repeat(10_000))
    expect(lastLines(log, 100_000).length).toBeLessThanOrEqual(64 * 1024)
  })
})

describe('waitUntilReady', () => {
  const self = { pid: process.pid, startTime: startTimeOf(process.pid)! }

  it('asks until there is an answer', async () => {
    let asked = 0
    const component = { ...part, isReady: async () => ++asked === 3 }
    expect(await waitUntilReady(component, self, 10_000, null)).toBe('ready')
  })

  it('does not take the answer of whoever else has the port', async () => {
    const component = { ...part, isReady: async () => true }
    expect(await waitUntilReady(component, { ...self, startTime: 'before' }, 10_000, null)).toBe('died')
  })

  it('does not take it either while this one is still starting', async () => {
    const yesterday = `${part.listens}\n`
    writeFileSync(log, yesterday)
    const component = { ...part, isReady: async () => true }
    expect(await waitUntilReady(component, self, 10, yesterday.length)).toBe('timeout')
    appendFileSync(log, part.listens)
    expect(await waitUntilReady(component, self, 10, yesterday.length)).toBe('ready')
  })

  it('ends, with the log and its path in the error', async () => {
    writeFileSync(log, 'the day before\nout of memory\n')
    const component = { ...part, isReady: async () => false }
    expect(await waitUntilReady(component, self, 10, null)).toBe('timeout')
    const { code, message } = notReadyError(component, 'timeout', 120_000, 'the day before\n'.length)
    expect(code).toBe('NF_STACK_NOT_READY')
    expect(message).toContain('127.0.0.1:1 within 120 s')
    expect(message).toContain(`${log}:\nout of memory`)
    expect(message).not.toContain('the day before')
  })
})

describe('a part whose disk is full', () => {
  it('is told as that, not with its stack trace', () => {
    writeFileSync(log, 'java.io.IOException: No space left on device\n\tat java.base/sun.nio\n')
    const { code, message } = notReadyError(part, 'died', 1, 0)
    expect(code).toBe('NF_DISK_FULL')
    expect(message).toContain(log)
    expect(message).not.toContain('java.io')
    expect(notReadyError(part, 'died', 1, 60).code).toBe('NF_STACK_NOT_READY')
  })
})

describe('answersMetadata', () => {
  let server: Server | undefined
  afterEach(() => server?.close())

  function serve(answer: Buffer): Promise<number> {
    server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => {
        // In two pieces, as a network may.
        socket.write(answer.subarray(0, 5))
        setTimeout(() => socket.write(answer.subarray(5)), 20)
      })
    })
    return new Promise((resolve) =>
      server!.listen(0, '127.0.0.1', () => resolve((server!.address() as { port: number }).port)),
    )
  }

  function answerWith(brokers: number): Buffer {
    const answer = Buffer.alloc(40)
    answer.writeInt32BE(36, 0)
    answer.writeInt32BE(1, 4)
    answer.writeInt32BE(brokers, 12)
    return answer
  }

  it('wants at least one broker', async () => {
    expect(await answersMetadata(await serve(answerWith(1)))).toBe(true)
    server!.close()
    expect(await answersMetadata(await serve(answerWith(0)))).toBe(false)
  })

  it('does not wait for somebody who says nothing, nor for nobody', async () => {
    const port = await serve(Buffer.alloc(0))
    expect(await answersMetadata(port, 100)).toBe(false)
    await new Promise((resolve) => server!.close(resolve))
    expect(await answersMetadata(port, 100)).toBe(false)
  })
})
