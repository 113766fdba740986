/** What a committer does when transactions fail: waits for what passes, ends with the reason for what does not. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryCodec } from '../../../schemas/memory-codec.ts'
import { topicNames } from '../../../schemas/topic-names.ts'
import { TOPICS } from '../../../schemas/topics.ts'
import { Committer } from '../../../streams/committer.ts'
import { silentLog } from '../../../streams/log.ts'
import { RecordCodec } from '../../../streams/record-codec.ts'
import { kafkajs, protocolErrors } from '../../../streams/transport/kafkajs.ts'

const fullName = topicNames({ topicPrefix: '', pipeline: 'p', edition: 'main' })
const away = new kafkajs.KafkaJSConnectionError('connect ECONNREFUSED')
const epochOver = protocolErrors.createErrorFromCode(47)
const forbidden = protocolErrors.createErrorFromCode(29)

/** A cluster on which transactions may fail, and what it has of the journal's progress. */
class ToyCluster {
  metadata = ''
  offset = -1
  commits = 0
  opened = 0
  failures: Error[] = []
  /** Called when a transaction fails: it may have happened all the same, or another one may have. */
  onFailure: (token: string) => void = () => {}
  /** Whether a producer can be opened. */
  isThere = true

  committer(): Committer {
    return new Committer({
      reader: {
        committed: async () => [{ topic: '', partition: 0, offset: this.offset, metadata: this.metadata }],
      },
      codec: new RecordCodec(memoryCodec(), fullName, TOPICS, 1),
      journal: { end: 3, continueFrom() {}, entriesFrom: () => [] },
      log: silentLog,
      openProducer: async (signal) => {
        this.opened++
        if (!this.isThere) {
          await new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason), { once: true })
          })
        }
        return {
          commit: async (_, offsets) => this.#commit(offsets[0]!.topics[0]!.partitions[0]!),
          close: async () => {},
        }
      },
      journalGroup: 'p.main.journal.m-0',
      completionsTopic: fullName('completions'),
      tickMs: 20,
      membershipOf: () => ({ generationId: 1, memberId: 'm' }),
      tasks: () => [progressing as never],
      fenced() {},
      sent() {},
      committed: () => {
        this.commits++
      },
    })
  }

  #commit({ metadata }: { metadata: string }): Map<string, number> {
    const failure = this.failures.shift()
    if (failure !== undefined) {
      this.onFailure(metadata)
      throw failure
    }
    this.metadata = metadata
    this.offset = 0
    return new Map()
  }
}

/** A task that always has progress to commit. */
const progressing = {
  running: true,
  groupId: 'g',
  partition: 0,
  hasProgress: true,
  takeProgress: () => [{ topic: 't', offset: 1, metadata: '' }],
  returnProgress() {},
  committed() {},
}

describe('a committer whose transactions fail', () => {
  let cluster: ToyCluster

  beforeEach(() => {
    vi.useFakeTimers()
    cluster = new ToyCluster()
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  /** So many ticks. @returns what they threw */
  async function ticks(committer: Committer, count: number): Promise<unknown> {
    for (let tick = 0; tick < count; tick++) {
      const ended = committer.tick().then(
        () => null,
        (error: unknown) => error,
      )
      await vi.advanceTimersByTimeAsync(5_000)
      const thrown = await ended
      if (thrown !== null) return thrown
    }
    return null
  }

  it('goes on after as many failures as there are while the cluster comes and goes', async () => {
    cluster.failures = Array.from({ length: 50 }, () => away)
    const committer = cluster.committer()
    await committer.open()
    expect(await ticks(committer, 51)).toBeNull()
    expect([cluster.commits, cluster.opened]).toEqual([1, 51])
  })

  it('ends at once when Kafka does not allow what it does', async () => {
    cluster.failures = [forbidden]
    const committer = cluster.committer()
    await committer.open()
    expect(await ticks(committer, 1)).toBe(forbidden)
    expect(cluster.opened).toBe(1)
  })

  it('ends when nobody knows whether it passes, and it does not', async () => {
    cluster.failures = Array.from({ length: 50 }, () => epochOver)
    const committer = cluster.committer()
    await committer.open()
    expect(await ticks(committer, 50)).toBe(epochOver)
    expect(cluster.failures).toHaveLength(40)
  })

  it('does nothing twice when the end of a transaction was not heard of', async () => {
    cluster.failures = [away]
    cluster.onFailure = (token) => {
      cluster.metadata = token
    }
    const committer = cluster.committer()
    await committer.open()
    expect(await ticks(committer, 1)).toBeNull()
    expect(cluster.commits).toBe(1)
  })

  it('ends at once when another worker has committed in its place', async () => {
    cluster.failures = [epochOver]
    cluster.onFailure = (token) => {
      cluster.metadata = `${token.split(' ')[0]} another`
    }
    const committer = cluster.committer()
    await committer.open()
    expect(await ticks(committer, 1)).toMatchObject({ code: 'NF_SLOT_TAKEN' })
  })

  it('stops when it is to give up, though no cluster is there', async () => {
    const committer = cluster.committer()
    await committer.open()
    cluster.failures = [away]
    cluster.isThere = false
    const running = committer.run().catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(600_000)
    const stopped = committer.stop().catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(600_000)
    committer.giveUp()
    expect(await stopped).toEqual(new Error('the cluster is away, and is not waited for'))
    expect(await running).toEqual(new Error('the cluster is away, and is not waited for'))
  })
})
