/**
 * Makes KafkaJS's consumers do four things right: their starting offsets are stable ones (OffsetFetch v7), the
 * generation they joined is known, which KafkaJS keeps to itself, a coordinator that still loads its groups, as
 * one does that has just started, is waited for, while KafkaJS gives up at once; and a consumer that takes the place of
 * one that crashed sits down in its seat. As a new member it would have to wait until the old one is given up, and had
 * the old one left, a generation would have passed without it: all of its partitions would count as lost.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { NinefoldError } from '../../errors.ts'
import { typeOf } from './connection-faults.ts'
import { fetchStableOffsets } from './group-protocol.ts'
import { type Broker, BrokerClass } from './kafkajs.ts'

interface JoinRequest {
  groupId: string
  memberId: string
  /** What assigners say, our own with the consumer's occupancy beside it. */
  groupProtocols: readonly { readonly occupancy?: Occupancy }[]
}
interface LeaveRequest {
  groupId: string
  memberId: string
}
interface JoinResponse {
  memberId: string
  generationId: number
}
interface OffsetFetchRequest {
  groupId: string
  topics: { topic: string; partitions: { partition: number }[] }[]
}

/** How long a coordinator may load, ms; after a kill it reads its log. */
const LOADING_MS = 60_000
const LOADING_RETRY_MS = 50

/** A member's place in a group: it outlives the KafkaJS consumers that sit in it, one after the other. */
export interface Seat {
  /** The id the coordinator knows the member by; null when it knows none. */
  memberId: string | null
  /** Whether the member may leave the group now. KafkaJS leaves whenever it gives up. */
  leaves: boolean
}

/** One KafkaJS consumer's time in a seat. */
export interface Occupancy {
  readonly seat: Seat
  /** Somebody else sits there now. */
  isOver: boolean
}

const generations = new Map<string, number>()
const seats = new Map<string, Seat>()
const keyOf = (groupId: string, memberId: string) => `${groupId}\n${memberId}`

const joinGroup = BrokerClass.prototype.joinGroup as (
  this: Broker,
  request: JoinRequest,
) => Promise<JoinResponse>

BrokerClass.prototype.joinGroup = async function (this: Broker, request: JoinRequest): Promise<JoinResponse> {
  const { groupId } = request
  const occupancy = request.groupProtocols.find((protocol) => protocol.occupancy !== undefined)?.occupancy
  if (occupancy?.isOver) throw new OccupancyOver(groupId)
  const seat = occupancy?.seat ?? { memberId: null, leaves: true }
  const memberId = request.memberId || (seat.memberId ?? '')
  try {
    const response = await onceLoaded(() => joinGroup.call(this, { ...request, memberId }))
    seat.memberId = response.memberId
    generations.set(keyOf(groupId, response.memberId), response.generationId)
    seats.set(keyOf(groupId, response.memberId), seat)
    return response
  } catch (error) {
    if (typeOf(error) === 'UNKNOWN_MEMBER_ID') seat.memberId = null
    throw error
  }
}

const leaveGroup = BrokerClass.prototype.leaveGroup as (
  this: Broker,
  request: LeaveRequest,
) => Promise<unknown>

BrokerClass.prototype.leaveGroup = async function (this: Broker, request: LeaveRequest): Promise<unknown> {
  const key = keyOf(request.groupId, request.memberId)
  if (seats.get(key)?.leaves === false) return undefined
  seats.delete(key)
  generations.delete(key)
  return leaveGroup.call(this, request)
}

/** A consumer that was let go has woken up: KafkaJS must not try it again. */
class OccupancyOver extends Error {
  readonly retriable = false

  constructor(groupId: string) {
    super(`another consumer has taken this one's place in ${groupId}`)
    this.name = 'OccupancyOver'
  }
}

async function onceLoaded<T>(request: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + LOADING_MS
  for (;;) {
    try {
      return await request()
    } catch (error) {
      const isLoading = typeOf(error) === 'GROUP_LOAD_IN_PROGRESS'
      if (!isLoading || performance.now() > deadline) throw error
      await sleep(LOADING_RETRY_MS)
    }
  }
}

BrokerClass.prototype.offsetFetch = async function (this: Broker, { groupId, topics }: OffsetFetchRequest) {
  const asked = topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((p) => p.partition),
  }))
  const offsets = await fetchStableOffsets(this, groupId, asked)
  return {
    responses: asked.map(({ topic }) => ({
      topic,
      partitions: offsets
        .filter((committed) => committed.topic === topic)
        .map(({ partition, offset, metadata }) => ({
          partition,
          offset: String(offset),
          metadata,
          errorCode: 0,
        })),
    })),
  }
}

/**
 * KafkaJS may not commit. It would, on its own, after it found a topic to have lost the records
 * it asked for: it would set the group's progress back to the beginning, and wipe out its metadata.
 */
BrokerClass.prototype.offsetCommit = async ({ groupId }: { groupId: string }): Promise<never> => {
  const error = new NinefoldError(
    'NF_RECORDS_GONE',
    `group ${groupId} has come to records that its topic no longer has`,
    'Somebody has deleted records, or the topic and made it anew. Load the questions again into a pipeline of another name (`pipeline` in ninefold.yaml).',
  )
  // KafkaJS tries again what does not say so.
  throw Object.assign(error, { retriable: false })
}

/** The generation this member joined last. @throws when it never joined in this process. */
export function generationOf(groupId: string, memberId: string): number {
  const generation = generations.get(keyOf(groupId, memberId))
  if (generation === undefined) throw new Error(`member ${memberId} never joined ${groupId} in this process`)
  return generation
}
