/**
 * Who works on which partitions. A task is a step's partition *across all its input topics*, so partition p of
 * every topic goes to one member; and a task stays where it is as long as the shares stay even, so that the
 * calls it has in flight are not cut. Members say what they own in their join request.
 */
import { kafkajs, type PartitionAssigner } from './kafkajs.ts'
import type { Occupancy } from './member-generations.ts'

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol
const NAME = 'ninefold-sticky'
const VERSION = 1

/** What a member says it owns, since which generation of the group. */
export interface Claim {
  readonly generation: number
  readonly owned: readonly number[]
}

/** The process a member belongs to, for whoever looks at the group. */
export interface WorkerIdentity {
  /** Its slot, unique among the workers of its pipeline and edition. */
  readonly slot: string
  readonly host: string
  readonly pid: number
  /** When it started, milliseconds since 1970. */
  readonly startedAt: number
}

/** A group member with its claim. */
export interface Claimant extends Claim {
  readonly memberId: string
}

/** The generation of who owns nothing yet. */
export const NEVER_JOINED = -1

/**
 * Deals partitions 0..count-1 to members: even shares (differing by one at most), owners keep theirs up to
 * their share. A partition claimed twice stays with whom it was dealt to last: the other one missed a
 * generation. Depends on nothing but its arguments, in any order.
 */
export function deal(members: readonly Claimant[], count: number): Map<string, number[]> {
  const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1))
  const shares = new Map(sorted.map(({ memberId }) => [memberId, [] as number[]]))
  const free = new Set(Array.from({ length: count }, (_, partition) => partition))
  const owners = ownersOf(sorted)
  const least = Math.floor(count / sorted.length)
  let larger = count % sorted.length
  for (const { memberId } of sorted) {
    const claims = [...free].filter((partition) => owners.get(partition) === memberId)
    const keeps = claims.length > least && larger > 0 ? least + 1 : least
    if (keeps > least) larger--
    for (const partition of claims.slice(0, keeps)) {
      shares.get(memberId)!.push(partition)
      free.delete(partition)
    }
  }
  for (const partition of free) {
    const [smallest] = [...shares.values()].sort((a, b) => a.length - b.length)
    smallest!.push(partition)
  }
  return shares
}

/** Whose each claimed partition is: the newest claim's, the first member's by id between equal ones. */
function ownersOf(sorted: readonly Claimant[]): ReadonlyMap<number, string> {
  const newestFirst = sorted.toSorted((a, b) => b.generation - a.generation)
  const owners = new Map<number, string>()
  for (const { memberId, owned } of newestFirst) {
    for (const partition of owned) if (!owners.has(partition)) owners.set(partition, memberId)
  }
  return owners
}

/**
 * The assigner of one consumer; `claim` tells what it works on at the time it joins.
 * @param occupancy whose seat in the group it takes when it joins
 */
export function stickyAssigner(
  claim: () => Claim,
  worker?: WorkerIdentity,
  occupancy?: Occupancy,
): PartitionAssigner {
  return ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    async assign({ members, topics }) {
      const partitions = Math.max(...topics.map((topic) => cluster.findTopicPartitionMetadata(topic).length))
      const claimants = members.map(({ memberId, memberMetadata }) => ({
        memberId,
        ...claimIn(memberMetadata),
      }))
      return [...deal(claimants, partitions)].map(([memberId, share]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: VERSION,
          assignment: Object.fromEntries(topics.map((topic) => [topic, share])),
          userData: Buffer.alloc(0),
        }),
      }))
    },
    protocol({ topics }) {
      const userData = Buffer.from(JSON.stringify({ ...claim(), worker }))
      const metadata = MemberMetadata.encode({ version: VERSION, topics, userData })
      return { name: NAME, metadata, occupancy }
    },
  })
}

function claimIn(memberMetadata: Buffer): Claim {
  return userDataOf(memberMetadata) ?? { generation: NEVER_JOINED, owned: [] }
}

/** The process behind a member, as it said when it joined; null when it did not say. */
export function workerOf(memberMetadata: Buffer): WorkerIdentity | null {
  return userDataOf(memberMetadata)?.worker ?? null
}

function userDataOf(memberMetadata: Buffer): (Claim & { readonly worker?: WorkerIdentity }) | null {
  const userData = MemberMetadata.decode(memberMetadata)?.userData
  if (userData === undefined || userData.length === 0) return null
  return JSON.parse(userData.toString()) as Claim
}
