import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BudgetReached } from '../../../models/budget-reached.ts'
import { BudgetState, type EventMaker } from '../../../pipeline/budget-state.ts'
import type { BudgetEvent } from '../../../schemas/types.ts'

const NANO = 1e9
const by: EventMaker = { edition: 'main', slot: null, host: 'host', at: 1_000 }
const limits = (usd: number | null, roles: Record<string, number> = {}) => ({ usd, roles })

function stateOf(events: readonly BudgetEvent[]): BudgetState {
  const state = new BudgetState()
  for (const event of events) state.add(event)
  return state
}

function reached(usd: number, role: string | null = null, kind: 'edition' | 'run' = 'edition') {
  const of = role === null ? { kind, role } : { kind: 'role' as const, role }
  const spending = { spent: 0.9 * usd * NANO, assumed: 0, reserved: 0 }
  return new BudgetReached(
    { of, nanoUsd: usd * NANO, spending, othersLateMs: null },
    { step: 'verify', model: 'm', nanoUsd: NANO },
  )
}

const told = (events: readonly BudgetEvent[]) =>
  events.map(({ kind, role, limitNanoUsd }) => [
    kind,
    role,
    limitNanoUsd === null ? null : limitNanoUsd / NANO,
  ])

describe('the limits in the log', () => {
  it('are set, raised, lowered and removed, a record each, and none where nothing changes', () => {
    const log: BudgetEvent[] = []
    const configure = (usd: number | null, roles: Record<string, number> = {}) => {
      const events = stateOf(log).changesTo(limits(usd, roles), by)
      log.push(...events)
      return told(events)
    }
    expect(configure(null)).toEqual([])
    expect(configure(5, { verify: 2 })).toEqual([
      ['set', null, 5],
      ['set', 'verify', 2],
    ])
    expect(configure(5, { verify: 2 })).toEqual([])
    expect(configure(6, { verify: 1 })).toEqual([
      ['raised', null, 6],
      ['lowered', 'verify', 1],
    ])
    expect(configure(6)).toEqual([['removed', 'verify', null]])
    expect(configure(6)).toEqual([])
    expect(configure(null, { verify: 1 })).toEqual([
      ['removed', null, null],
      ['set', 'verify', 1],
    ])
  })

  it('are reached once, until they are changed', () => {
    const log = stateOf([]).changesTo(limits(5, { verify: 2 }), by)
    const first = stateOf(log).reached(reached(5), { ...by, slot: 'm-0' })
    expect(first).toMatchObject([
      { kind: 'reached', role: null, limitNanoUsd: 5 * NANO, spentNanoUsd: 4.5 * NANO, slot: 'm-0' },
    ])
    log.push(...first)
    expect(stateOf(log).reached(reached(5), by)).toEqual([])
    expect(told(stateOf(log).reached(reached(2, 'verify'), by))).toEqual([['reached', 'verify', 2]])
    // A restart changes nothing, and is paused again without a further record.
    expect(stateOf(log).changesTo(limits(5, { verify: 2 }), by)).toEqual([])
    log.push(...stateOf(log).changesTo(limits(7, { verify: 2 }), by))
    expect(told(stateOf(log).reached(reached(7), by))).toEqual([['reached', null, 7]])
    // A worker that was started before it was raised has nothing to say of the limit that is.
    expect(stateOf(log).reached(reached(5), by)).toEqual([])
  })

  it("leave a run's own limit aside, which has one record a run", () => {
    const log = stateOf([]).changesTo(limits(5), by)
    const event = stateOf(log).reached(reached(1, null, 'run'), { ...by, slot: 'm-0' })
    expect(told(event)).toEqual([['run-reached', null, 1]])
    log.push(...event)
    expect(stateOf(log).reached(reached(1, null, 'run'), { ...by, slot: 'm-0' })).toEqual([])
    expect(stateOf(log).changesTo(limits(5), by)).toEqual([])
    expect(stateOf(log).last?.kind).toBe('run-reached')
  })

  it('have the same id for the same change, whoever tells it, and another for every change', () => {
    const change = fc.record({
      usd: fc.option(fc.constantFrom(1, 2, 3)),
      verify: fc.option(fc.constantFrom(1, 2)),
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const log: BudgetEvent[] = []
        for (const { usd, verify } of changes) {
          const wanted = limits(usd, verify === null ? {} : { verify })
          const mine = stateOf(log).changesTo(wanted, by)
          const theirs = stateOf(log).changesTo(wanted, { ...by, host: 'other', at: 2_000 })
          expect(theirs.map(({ eventId }) => eventId)).toEqual(mine.map(({ eventId }) => eventId))
          log.push(...mine)
          expect(stateOf(log).changesTo(wanted, by)).toEqual([])
        }
        expect(new Set(log.map(({ eventId }) => eventId)).size).toBe(log.length)
      }),
    )
  })
})
