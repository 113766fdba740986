import { describe, expect, it } from 'vitest'
import { type HealthFacts, verdictOn } from '../../../monitor/health.ts'
import type { GroupHealth, WorkerHealth } from '../../../streams/worker-health.ts'

const group = (more: Partial<GroupHealth> = {}): GroupHealth => ({
  step: 'verify',
  groupId: 'mine.main.verify',
  member: true,
  partitions: 4,
  heartbeatAgeMs: 300,
  restarts: 0,
  halted: null,
  ...more,
})
const HALTED = { code: 'NF_ENDPOINT_AUTH', message: 'endpoint lab refuses the key' }
const AWAY = { since: new Date('2026-01-02T03:04:05Z'), reason: 'connect ECONNREFUSED' }

function verdict(health: Partial<WorkerHealth> = {}, more: Partial<HealthFacts> = {}) {
  const all = {
    alive: true,
    failure: null,
    kafkaAway: null,
    registryAway: null,
    groups: [group()],
    ...health,
  }
  return verdictOn({ phase: 'running', health: all, troubles: [], ...more })
}

describe('a worker', () => {
  it('is well', () => {
    expect(verdict()).toEqual({ state: 'working', live: true, ready: true, reasons: [] })
  })

  it('is not ready, and must not be killed, while it starts and while it stops', () => {
    const unready = { live: true, ready: false }
    expect(verdictOn({ phase: 'starting', health: null, troubles: [] })).toMatchObject({
      state: 'starting',
      ...unready,
    })
    expect(verdict({ groups: [group({ heartbeatAgeMs: null })] })).toMatchObject({
      state: 'starting',
      ...unready,
    })
    expect(verdict({}, { phase: 'stopping' })).toMatchObject({ state: 'stopping', ...unready })
    expect(verdict({ alive: false })).toMatchObject({ state: 'stopping', ...unready })
  })

  it('is not killed because Kafka is away: its calls would be given up, and nothing be mended', () => {
    const groups = [group({ heartbeatAgeMs: 3_600_000, member: false })]
    const away = verdict({ kafkaAway: AWAY, groups })
    expect(away).toMatchObject({ state: 'waiting', live: true, ready: false })
    expect(away.reasons).toEqual([
      'Kafka has not answered since 2026-01-02T03:04:05.000Z: connect ECONNREFUSED',
    ])
  })

  it('waits when a consumer is silent, and must be killed when that lasts', () => {
    const silent = verdict({ groups: [group(), group({ step: 'rank', heartbeatAgeMs: 31_000 })] })
    expect(silent).toMatchObject({ state: 'waiting', live: true, ready: false })
    expect(silent.reasons).toEqual(['step rank has not heard from the broker for 31 s'])
    expect(verdict({ groups: [group(), group({ heartbeatAgeMs: 301_000 })] })).toMatchObject({
      state: 'failed',
      live: false,
      ready: false,
    })
  })

  it('is not unready because a group rebalances', () => {
    expect(verdict({ groups: [group({ member: false, heartbeatAgeMs: 9_000 })] })).toMatchObject({
      ready: true,
    })
  })

  it('is degraded while others of its steps can go on, and waits when none can', () => {
    const some = verdict({
      groups: [group({ halted: HALTED }), group({ step: 'rank', halted: HALTED }), group()],
    })
    expect(some).toMatchObject({ state: 'degraded', live: true, ready: true })
    expect(some.reasons).toEqual(['verify, rank: endpoint lab refuses the key [NF_ENDPOINT_AUTH]'])
    expect(verdict({ groups: [group({ halted: HALTED })] })).toMatchObject({ state: 'waiting', ready: false })
  })

  it('is degraded by what is away beside Kafka', () => {
    expect(verdict({ registryAway: AWAY })).toMatchObject({ state: 'degraded', live: true, ready: true })
    expect(verdict({}, { troubles: ['analytics wait: x'] })).toMatchObject({
      state: 'degraded',
      ready: true,
      reasons: ['analytics wait: x'],
    })
  })

  it('has failed when it says so, and says why', () => {
    const failed = verdict({ alive: false, failure: 'the disk is broken' }, { phase: 'stopping' })
    expect(failed).toEqual({ state: 'failed', live: false, ready: false, reasons: ['the disk is broken'] })
  })

  it('that runs nothing but the analytics is well', () => {
    expect(verdict({ groups: [] })).toMatchObject({ state: 'working', ready: true })
  })
})
