import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EXIT } from '../../../cli/exit-codes.ts'
import { register } from '../../../cli/push.ts'

let folder: string
/** A Hub that takes every request and answers none. */
let silent: Server
let asked: Promise<unknown>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ninefold-push-'))
  await writeFile(join(folder, 'README.md'), '# A')
  const first = Promise.withResolvers<void>()
  asked = first.promise
  silent = createServer(() => first.resolve())
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  vi.stubEnv('HF_TOKEN', 'hf_secret')
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  process.exitCode = undefined
  silent.closeAllConnections()
  silent.close()
  await rm(folder, { recursive: true })
})

describe('ninefold push', () => {
  it('ends as interrupted at a signal, even while the Hub says nothing', async () => {
    const program = new Command('ninefold').exitOverride()
    register(program)
    const before = process.listeners('SIGINT')
    const hub = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const ended = program.parseAsync(['push', folder, '--repo', 'someone/set', '--hub', hub], {
      from: 'user',
    })
    await asked
    // The command's own listener alone: the test runner has one too.
    for (const listener of process.listeners('SIGINT')) if (!before.includes(listener)) listener('SIGINT')
    await ended
    expect(process.exitCode).toBe(EXIT.interrupted)
  })
})
