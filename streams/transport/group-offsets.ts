/** A group's progress where it is committed outside of transactions, because its work ends outside of Kafka. */
import { setTimeout as sleep } from 'node:timers/promises'
import { backOff } from './back-off.ts'
import type { KafkaClient } from './client.ts'
import { type Membership, offsetCommit, type TopicOffsets } from './group-protocol.ts'
import { isPassing } from './outlook.ts'
import { Fenced, isFencing } from './transaction.ts'

const PAUSES = { firstMs: 100, maxMs: 1_500 }

/**
 * Commits progress; what a broker's restart or a moved coordinator breaks is tried again until the signal.
 * @param membership the member's standing in the group; null for a group that has no members now
 * @throws {Fenced} when the group has gone on without this member, or has members although none was named.
 */
export async function commitProgress(
  client: KafkaClient,
  groupId: string,
  membership: Membership | null,
  topics: readonly TopicOffsets[],
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const cluster = await client.cluster()
      await offsetCommit(await cluster.findGroupCoordinator({ groupId }), groupId, membership, topics)
      return
    } catch (error) {
      if (isFencing(error)) throw new Fenced(groupId, membership, error)
      if (!isPassing(error)) throw error
      await client.watch.answers(signal)
      await sleep(backOff(attempt, PAUSES))
    }
  }
}
