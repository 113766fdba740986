/**
 * Memories of processors in a plan: the runtime's own stores over a database that no other sees and that is gone with
 * the process. What does not fit into memory SQLite keeps in a file without a name.
 */
import type { Config } from '../../config/types.ts'
import type { Codec } from '../../schemas/codec.ts'
import type { AnyProcessor, Emission, Input, StatefulProcessor } from '../../streams/processor.ts'
import { StateDatabase, StateStore, type StoreChanges, type StoreSource } from '../../streams/state-store.ts'

/** SQLite's name for a database that is deleted when it is closed (https://sqlite.org/inmemorydb.html). */
const UNNAMED = ''
/** Records whose changes are written at once. */
const BATCH = 500
const NO_BYTES = Buffer.alloc(0)

/** One processor's memory of one partition. */
interface Held {
  readonly processor: StatefulProcessor<unknown>
  readonly store: StateStore<unknown>
  changes: StoreChanges[]
  next: number
}

/** The memories of one partition's processors at a time. */
export class ScratchStores implements Disposable {
  readonly #config: Config
  readonly #codec: Codec
  readonly #database = new StateDatabase(UNNAMED)
  readonly #held = new Map<string, Held>()
  #partition = 0

  constructor(config: Config, codec: Codec) {
    this.#config = config
    this.#codec = codec
  }

  /** Forgets the partition before. */
  async begin(partition: number, processors: readonly AnyProcessor[]): Promise<void> {
    for (const step of this.#held.keys()) this.#database.clear(step)
    this.#held.clear()
    this.#partition = partition
    for (const processor of processors) {
      if (processor.kind === 'stateless') continue
      const store = new StateStore(
        this.#database,
        processor.step,
        processor.store,
        this.#sourceFor(processor),
      )
      await store.restore()
      this.#held.set(processor.step, { processor, store, changes: [], next: 0 })
    }
  }

  /** What a processor makes of a record with what it remembers. @throws what the processor throws, with nothing kept */
  decide(processor: StatefulProcessor<unknown>, input: Input): readonly Emission[] {
    const held = this.#held.get(processor.step)!
    const { store } = held
    const offset = held.next++
    const { partitions } = this.#config.kafka
    const keepsInputs = processor.store.retains !== undefined
    store.begin(offset, keepsInputs ? this.#codec.encode(input.topic, input.value) : NO_BYTES)
    try {
      const place = { partition: this.#partition, partitions, offset, config: this.#config }
      const emissions = processor.process(input, store, place)
      held.changes.push(store.end())
      if (held.changes.length >= BATCH) this.#write(held)
      return emissions
    } catch (error) {
      store.rollback()
      throw error
    }
  }

  /** All that a processor remembers. */
  values(step: string): Iterable<unknown> {
    const held = this.#held.get(step)
    if (held === undefined) return []
    this.#write(held)
    return this.#database.values(step)
  }

  [Symbol.dispose](): void {
    this.#database.close()
  }

  #write(held: Held): void {
    held.store.apply(held.changes, null)
    held.changes = []
  }

  /** Nothing is rebuilt: the partition is read from its beginning. */
  #sourceFor({ inputs }: StatefulProcessor<unknown>): StoreSource {
    return {
      signal: new AbortController().signal,
      end: async () => 0,
      async *changelog() {},
      async *inputs() {},
      learn: async () => {},
      decode: (bytes) => this.#codec.decode(inputs[0]!, bytes),
    }
  }
}
