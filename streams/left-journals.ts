/**
 * Publishes what dead workers have paid for and not told. A slot's next worker does that for its own slot; but where
 * fewer workers run than did before, nobody takes the slot again, and its last calls would be missing from
 * `completions` for good. So the machine's other workers look after free slots, under the slot's lock and its
 * transactional id, as its own next worker would. Should they die over it, it is as if that one had.
 */
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { messageOf } from '../errors.ts'
import { Journal, JournalShelves } from '../models/journal.ts'
import { DiskFault } from '../stack/disk-fault.ts'
import { acquireLock } from '../stack/lock.ts'
import { Committer } from './committer.ts'
import type { Log } from './log.ts'
import type { RecordCodec } from './record-codec.ts'
import { otherSlots, slotNames, slotPlaces } from './slot.ts'
import type { KafkaClient } from './transport/client.ts'
import type { TopicReader } from './transport/reader.ts'
import { TransactionalProducer } from './transport/transaction.ts'

const LOOK_MS = 10_000

/** What it needs of the worker that looks. */
export interface LeftJournalsOptions {
  readonly config: Config
  /** The worker's own slot, which it looks after anyway. */
  readonly slot: string
  readonly client: KafkaClient
  readonly reader: TopicReader
  readonly codec: RecordCodec
  readonly completionsTopic: string
  readonly log: Log
  /** From then on no cluster is waited for. */
  readonly ended: AbortSignal
}

/** Looks after the free slots of this machine. */
export class LeftJournals {
  readonly #options: LeftJournalsOptions
  /** How far the journals of free slots were published when they were looked at last. */
  readonly #published = new Map<string, number>()
  #looking: Promise<boolean> | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(options: LeftJournalsOptions) {
    this.#options = options
  }

  /** Looks at once and then now and again, since a worker may die at any time. */
  start(): void {
    const look = (): void => {
      this.publish().catch((error) =>
        this.#options.log.warn({ error: messageOf(error) }, 'a left journal waits for the next look'),
      )
    }
    this.#timer = setInterval(look, LOOK_MS)
    look()
  }

  /** Looks no more, and ends what is under way. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    await this.#looking?.catch(() => {})
  }

  /** Publishes what is left now. @returns whether anything was. */
  publish(): Promise<boolean> {
    this.#looking ??= this.#publishAll().finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  async #publishAll(): Promise<boolean> {
    const { config, slot } = this.#options
    let isAny = false
    for (const other of otherSlots(config, slot)) {
      using lock = acquireLock(slotPlaces(config, other).lock)
      if (lock !== null && (await this.#tryOne(other))) isAny = true
    }
    return isAny
  }

  /** A full disk is waited for: the journal is published later. */
  async #tryOne(slot: string): Promise<boolean> {
    try {
      return await this.#publishOne(slot)
    } catch (error) {
      if (!(error instanceof DiskFault)) throw error
      this.#options.log.warn({ slot, error: error.message }, 'a journal cannot be opened yet')
      return true
    }
  }

  async #publishOne(slot: string): Promise<boolean> {
    const { config } = this.#options
    const { journal: name, journalFolder } = slotPlaces(config, slot)
    const journal = new Journal(name, journalFolder, new JournalShelves(join(config.dataDir, 'journal'), ''))
    try {
      if (this.#published.get(slot) === journal.end) return false
      const committer = this.#committerOf(slot, journal)
      await committer.open()
      const isAny = !committer.idle
      while (!committer.idle) await committer.tick()
      await committer.stop()
      this.#published.set(slot, journal.end)
      if (isAny) this.#options.log.info({ slot }, 'the calls a dead worker had paid for are published')
      return isAny
    } finally {
      journal.close()
    }
  }

  #committerOf(slot: string, journal: Journal): Committer {
    const { config, client, reader, codec, completionsTopic, log, ended } = this.#options
    const { transactionalId, journalGroup } = slotNames(config, slot)
    return new Committer({
      openProducer: () => TransactionalProducer.open(client, transactionalId, ended),
      reader,
      codec,
      journal,
      log,
      journalGroup,
      completionsTopic,
      tickMs: 0,
      membershipOf: () => null,
      tasks: () => [],
      fenced() {},
      sent() {},
      committed() {},
    })
  }
}
