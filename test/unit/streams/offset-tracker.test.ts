import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_METADATA_BYTES } from '../../../streams/completion-metadata.ts'
import { MAX_SPAN, OffsetTracker } from '../../../streams/offset-tracker.ts'
import { type Choose, seeded } from '../../../streams/testing/choices.ts'

describe('an offset tracker', () => {
  it('moves its base over what is finished, in any order', () => {
    const tracker = new OffsetTracker(10, '')
    expect(tracker.deliver([10, 11, 12], 12)).toEqual([10, 11, 12])
    tracker.finish(12)
    tracker.finish(11)
    expect(tracker.base).toBe(10)
    tracker.finish(10)
    expect([tracker.base, tracker.position]).toEqual([13, 13])
  })

  it('passes offsets that hold no record, at the beginning, between records and at the end', () => {
    const tracker = new OffsetTracker(0, '')
    expect(tracker.deliver([2, 5], 7)).toEqual([2, 5])
    expect(tracker.base).toBe(2)
    tracker.finish(2)
    expect(tracker.base).toBe(5)
    tracker.finish(5)
    expect(tracker.base).toBe(8)
    expect(tracker.deliver([], 9)).toEqual([])
    expect(tracker.base).toBe(10)
  })

  it('leaves out what was delivered before', () => {
    const tracker = new OffsetTracker(0, '')
    tracker.deliver([0, 1], 1)
    expect(tracker.deliver([0, 1, 2], 2)).toEqual([2])
    expect(tracker.deliver([], 1)).toEqual([])
    expect([tracker.base, tracker.position]).toEqual([0, 3])
  })

  it('remembers through a snapshot what is finished beyond the base, also when the base passes it early', () => {
    const first = new OffsetTracker(0, '')
    first.deliver([0, 1, 2, 3], 3)
    first.finish(1)
    first.finish(2)
    const { offset, metadata } = first.snapshot()
    expect(offset).toBe(0)
    const second = new OffsetTracker(offset, metadata)
    expect(second.deliver([0], 0)).toEqual([0])
    second.finish(0)
    expect([second.base, second.position]).toEqual([3, 3])
    expect(second.deliver([1, 2, 3], 3)).toEqual([3])
  })

  it('is full when it has run as far ahead as its metadata can say, and never beyond', () => {
    const tracker = new OffsetTracker(0, '')
    const offsets = Array.from({ length: MAX_SPAN + 1 }, (_, at) => at)
    tracker.deliver(offsets.slice(0, MAX_SPAN), MAX_SPAN - 1)
    expect([tracker.full, tracker.limit]).toEqual([false, MAX_SPAN])
    tracker.deliver([MAX_SPAN], MAX_SPAN)
    expect(tracker.full).toBe(true)
    for (const offset of offsets) if (offset % 2 === 1) tracker.finish(offset)
    expect(tracker.snapshot().metadata.length).toBeLessThanOrEqual(MAX_METADATA_BYTES)
    tracker.finish(0)
    expect(tracker.full).toBe(false)
  })

  it('has every record worked on once, through holes, redeliveries and restarts', () => {
    const kinds = fc.array(fc.constantFrom('record', 'record', 'record', 'hole'), {
      minLength: 1,
      maxLength: 120,
    })
    fc.assert(
      fc.property(kinds, fc.integer(), fc.nat(50), (slots, seed, first) => {
        const log = slots.map((kind, at) => ({ offset: first + at, record: kind === 'record' }))
        const expected = log.filter(({ record }) => record).map(({ offset }) => offset)
        expect(workThrough(log, first, seeded(seed)).sort((a, b) => a - b)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })
  it('stays writable however records end while intake runs as far ahead as it may', () => {
    const plan = fc.record({
      seed: fc.integer(),
      // How many of a hundred offsets hold a record, and of those delivered end before the next commit.
      density: fc.integer({ min: 1, max: 100 }),
      ending: fc.integer({ min: 0, max: 100 }),
      order: fc.constantFrom<Order>('any', 'newest first', 'every second', 'all but the oldest'),
    })
    fc.assert(
      fc.property(plan, ({ seed, density, ending, order }) => {
        const choose = seeded(seed)
        const length = 2 * MAX_SPAN + choose(5_000)
        const log = Array.from({ length }, (_, offset) => ({ offset, record: choose(100) < density }))
        runAhead(log, choose, ending, order)
      }),
      { numRuns: 10 },
    )
  })
})

type Order = 'any' | 'newest first' | 'every second' | 'all but the oldest'

/** As a task takes in: whole pieces up to the limit, nothing while it is full. Restarts between commits. */
function runAhead(
  log: readonly { offset: number; record: boolean }[],
  choose: Choose,
  ending: number,
  order: Order,
): void {
  const done = new Set<number>()
  const begun = new Set<number>()
  let tracker = new OffsetTracker(0, '')
  let working: number[] = []
  let ever = 0
  let rounds = 0
  while (tracker.base < log.length) {
    while (!tracker.full && tracker.position < log.length) {
      const through = Math.min(tracker.position + 4_000 + choose(4_000), tracker.limit, log.length - 1)
      const piece = log.slice(tracker.position, through + 1).filter(({ record }) => record)
      const fresh = tracker.deliver(
        piece.map(({ offset }) => offset),
        through,
      )
      expect(fresh.filter((offset) => done.has(offset) || begun.has(offset))).toEqual([])
      for (const offset of fresh) begun.add(offset)
      working.push(...fresh)
    }
    const [ends, stays] = parted(working, choose, ++rounds > 6 ? 100 : ending, order)
    for (const offset of ends) {
      tracker.finish(offset)
      done.add(offset)
    }
    working = stays
    const { offset, metadata } = tracker.snapshot()
    expect(metadata.length).toBeLessThanOrEqual(MAX_METADATA_BYTES)
    expect(offset).toBeGreaterThanOrEqual(ever)
    ever = offset
    if (choose(3) > 0) continue
    tracker = new OffsetTracker(offset, metadata)
    expect(tracker.base).toBe(offset)
    working = []
    begun.clear()
  }
  expect(done.size).toBe(log.filter(({ record }) => record).length)
}

/** Which end before the next commit, and which stay: all of them where so many in a hundred do. */
function parted(
  working: readonly number[],
  choose: Choose,
  ending: number,
  order: Order,
): [readonly number[], number[]] {
  const ends = new Set(
    working.filter((offset, at) => {
      if (ending === 100) return true
      if (order === 'every second') return offset % 2 === 1
      if (order === 'all but the oldest') return at > 0
      if (order === 'newest first') return at >= working.length * (1 - ending / 100)
      return choose(100) < ending
    }),
  )
  return [[...ends], working.filter((offset) => !ends.has(offset))]
}

/** Works a log off in small pieces; whatever is not in a snapshot is lost at a restart. @returns what was committed. */
function workThrough(
  log: readonly { offset: number; record: boolean }[],
  first: number,
  choose: Choose,
): number[] {
  const end = first + log.length
  const committed: number[] = []
  let snapshot = { offset: first, metadata: '' }
  let restarts = 5
  for (;;) {
    const tracker = new OffsetTracker(snapshot.offset, snapshot.metadata)
    const working: number[] = []
    let finished: number[] = []
    let fetched = snapshot.offset
    while (snapshot.offset < end) {
      const action = choose(8)
      if (action < 3 && fetched < end) {
        const through = Math.min(end - 1, fetched + choose(9))
        const chunk = log.filter(({ offset, record }) => record && offset >= fetched && offset <= through)
        working.push(
          ...tracker.deliver(
            chunk.map(({ offset }) => offset),
            through,
          ),
        )
        fetched = through + 1
      } else if (action === 3) {
        // A rebalance: fetching begins at the base again.
        fetched = snapshot.offset
      } else if (action < 6 && working.length > 0) {
        finished.push(...working.splice(choose(working.length), 1))
      } else if (action === 6) {
        for (const offset of finished) tracker.finish(offset)
        committed.push(...finished)
        finished = []
        snapshot = tracker.snapshot()
      } else if (action === 7 && restarts > 0) {
        restarts--
        break
      }
    }
    if (snapshot.offset >= end) return committed
  }
}
