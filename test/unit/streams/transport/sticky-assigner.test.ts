import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Claimant, deal, NEVER_JOINED } from '../../../../streams/transport/sticky-assigner.ts'

const member = (memberId: string, owned: readonly number[] = [], generation = 1): Claimant => ({
  memberId,
  owned,
  generation: owned.length === 0 ? NEVER_JOINED : generation,
})
const names = ['a', 'b', 'c', 'd', 'e', 'f']

/** What members own after a deal, as their next claims. */
function claims(shares: ReadonlyMap<string, number[]>, generation: number): Claimant[] {
  return [...shares].map(([memberId, owned]) => ({ memberId, owned, generation }))
}

function moved(before: ReadonlyMap<string, number[]>, after: ReadonlyMap<string, number[]>): number[] {
  return [...after].flatMap(([memberId, share]) => {
    const had = new Set(before.get(memberId))
    return share.filter((partition) => !had.has(partition))
  })
}

/** Whether somebody else claims a partition since a later generation. */
function isNewer(members: readonly Claimant[], memberId: string, partition: number): boolean {
  const own = members.find((one) => one.memberId === memberId)!
  return members.some((one) => one.generation > own.generation && one.owned.includes(partition))
}

/** Members that claim anything at all, also what others claim. */
const anyMembers = fc
  .subarray(names, { minLength: 1 })
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id) =>
        fc
          .tuple(fc.uniqueArray(fc.nat(30)), fc.nat(3))
          .map(([owned, generation]) => member(id, owned, generation)),
      ),
    ),
  )

describe('the deal', () => {
  it('gives every partition to one member, in shares that differ by one at most', () => {
    fc.assert(
      fc.property(anyMembers, fc.integer({ min: 1, max: 24 }), (members, count) => {
        const shares = [...deal(members, count).values()]
        expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, at) => at))
        const sizes = shares.map((share) => share.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('is the same whatever order members and claims come in', () => {
    const shuffled = anyMembers.chain((members) =>
      fc.tuple(fc.constant(members), fc.shuffledSubarray([...members], { minLength: members.length })),
    )
    fc.assert(
      fc.property(shuffled, ([members, again]) => {
        const reversed = again.map((one) => ({ ...one, owned: one.owned.toReversed() }))
        expect(Object.fromEntries(deal(reversed, 16))).toEqual(Object.fromEntries(deal(members, 16)))
      }),
    )
  })

  it('moves nothing when nobody comes or goes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 24 }), (size, count) => {
        const first = deal(
          names.slice(0, size).map((name) => member(name)),
          count,
        )
        expect(moved(first, deal(claims(first, 1), count))).toEqual([])
      }),
    )
  })

  it('moves no more than the share of who comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 24 }), (size, count) => {
        const first = deal(
          names.slice(0, size).map((name) => member(name)),
          count,
        )
        const second = deal([...claims(first, 1), member('new')], count)
        const toOld = moved(first, second).filter((partition) => !second.get('new')!.includes(partition))
        expect(toOld).toEqual([])
      }),
    )
  })

  it('moves only what belonged to who has gone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }),
        fc.nat(5),
        fc.integer({ min: 1, max: 24 }),
        (size, at, count) => {
          const first = deal(
            names.slice(0, size).map((name) => member(name)),
            count,
          )
          const gone = names[at % size]!
          const rest = claims(first, 1).filter(({ memberId }) => memberId !== gone)
          expect(moved(first, deal(rest, count)).sort()).toEqual(first.get(gone)!.toSorted())
        },
      ),
    )
  })

  it('takes from who stays only what is more than its share, however many have come and gone', () => {
    const event = fc.record({ joins: fc.boolean(), which: fc.nat(20), misses: fc.boolean() })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), fc.integer({ min: 1, max: 24 }), (events, count) => {
        let members: Claimant[] = [member('0')]
        for (const [at, { joins, which, misses }] of events.entries()) {
          const chosen = members[which % members.length]!
          if (joins || members.length === 1) members = [...members, member(`${at + 1}`)]
          else if (!misses) members = members.filter((one) => one !== chosen)
          const shares = deal(members, count)
          const least = Math.floor(count / members.length)
          const generation = at + 2
          for (const { memberId, owned } of members) {
            const lost = owned.filter((partition) => !shares.get(memberId)!.includes(partition))
            // Who missed a generation claims what others were dealt since: theirs it is.
            const stale = lost.filter((partition) => isNewer(members, memberId, partition))
            expect(owned.length - lost.length).toBeGreaterThanOrEqual(
              Math.min(owned.length - stale.length, least),
            )
          }
          const sizes = [...shares.values()].map((share) => share.length)
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
          // Who misses this generation says next time what it had before.
          members = members.map((one) =>
            misses && one === chosen
              ? one
              : { memberId: one.memberId, owned: shares.get(one.memberId)!, generation },
          )
        }
      }),
    )
  })

  it('leaves a partition with whom it was dealt to last, not with who has missed a generation', () => {
    const shares = deal([member('a', [0, 1, 2, 3], 4), member('b', [0, 1], 6), member('c', [2, 3], 6)], 6)
    expect(shares.get('b')).toEqual([0, 1])
    expect(shares.get('c')).toEqual([2, 3])
    expect(shares.get('a')).toEqual([4, 5])
  })
})
