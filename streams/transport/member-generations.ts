/**
 * Makes KafkaJS's consumers do three things right: their starting offsets are stable ones (OffsetFetch v7), the
 * generation they joined is known, which KafkaJS keeps to itself, and a coordinator that still loads its groups, as
 * one does that has just started, is waited for, while KafkaJS gives up at once.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { fetchStableOffsets } from './group-protocol.ts'
import { type Broker, BrokerClass } from './kafkajs.ts'

interface JoinRequest {
  groupId: string
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

const generations = new Map<string, number>()
const keyOf = (groupId: string, memberId: string) => `${groupId}\n${memberId}`

const joinGroup = BrokerClass.prototype.joinGroup as (
  this: Broker,
  request: JoinRequest,
) => Promise<JoinResponse>

BrokerClass.prototype.joinGroup = async function (this: Broker, request: JoinRequest): Promise<JoinResponse> {
  const response = await onceLoaded(() => joinGroup.call(this, request))
  generations.set(keyOf(request.groupId, response.memberId), response.generationId)
  return response
}

async function onceLoaded<T>(request: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + LOADING_MS
  for (;;) {
    try {
      return await request()
    } catch (error) {
      const isLoading = (error as { type?: string } | null)?.type === 'GROUP_LOAD_IN_PROGRESS'
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
  throw new Error(`${groupId} asks for records that its topic no longer has`)
}

/** The generation this member joined last. @throws when it never joined in this process. */
export function generationOf(groupId: string, memberId: string): number {
  const generation = generations.get(keyOf(groupId, memberId))
  if (generation === undefined) throw new Error(`member ${memberId} never joined ${groupId} in this process`)
  return generation
}
