import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { formatStatus } from '../../../cli/status.ts'
import { readState, type StackState, writeState } from '../../../stack/state.ts'
import { stackStatus } from '../../../stack/status.ts'
import { stopStack } from '../../../stack/stop.ts'

const parent = mkdtempSync(join(tmpdir(), 'ninefold-state-'))
const newFolder = () => mkdtempSync(join(parent, 'case-'))

afterAll(() => rmSync(parent, { recursive: true }))

describe('stack.json', () => {
  it('is empty at first, and reads back what was written', () => {
    const folder = newFolder()
    expect(readState(folder)).toEqual({ version: 1, ports: {}, processes: {} })
    const state: StackState = {
      version: 1,
      ports: { kafka: 9092 },
      processes: { kafka: { pid: 7, startTime: 'x' } },
    }
    writeState(folder, state)
    expect(readState(folder)).toEqual(state)
  })

  it.each(['{', '{"version":2}', '{"version":1,"ports":{"kafka":0},"processes":{}}'])(
    'is refused with its path when damaged: %s',
    (text) => {
      const folder = newFolder()
      writeFileSync(join(folder, 'stack.json'), text)
      expect(() => readState(folder)).toThrow(
        expect.objectContaining({ code: 'NF_STACK_STATE', message: expect.stringContaining(folder) }),
      )
    },
  )
})

describe('a stack that was never started', () => {
  const dataDir = join(newFolder(), 'never')

  it('has a status', async () => {
    const parts = await stackStatus({ dataDir })
    expect(parts.map(({ component, state, address, pid }) => [component, state, address, pid])).toEqual([
      ['kafka', 'stopped', null, null],
      ['registry', 'stopped', null, null],
      ['clickhouse', 'stopped', null, null],
    ])
  })

  it('can be stopped', async () => {
    const idle = { outcome: 'not running', pid: null }
    expect(await stopStack({ dataDir })).toEqual({ kafka: idle, registry: idle, clickhouse: idle })
  })
})

describe('formatStatus', () => {
  it('aligns its columns and shortens paths beneath the working folder', () => {
    const table = formatStatus(
      [
        {
          component: 'kafka',
          state: 'running',
          address: '127.0.0.1:9092',
          pid: 41,
          data: '/w/.n/k',
          log: '/w/k.log',
        },
        {
          component: 'registry',
          state: 'stopped',
          address: null,
          pid: null,
          data: '/else/r',
          log: '/w/r.log',
        },
      ],
      '/w',
    )
    expect(table.split('\n')).toEqual([
      'COMPONENT  STATE    ADDRESS         PID  DATA     LOG',
      'kafka      running  127.0.0.1:9092  41   .n/k     k.log',
      'registry   stopped  -               -    /else/r  r.log',
    ])
  })
})
