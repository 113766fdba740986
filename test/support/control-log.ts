import type { Config } from '../../config/config.ts'
import type { ControlSource } from '../../progress/judge-controls.ts'
import { memoryCodec } from '../../schemas/memory-codec.ts'
import type { Control } from '../../schemas/types.ts'
import { UnreadableRecords } from '../../streams/unreadable.ts'
import { everyTopic } from './every-topic.ts'

const codec = memoryCodec()

/** A topic of controls, of two partitions, that grows. */
export class ControlLog {
  readonly #partitions: { value: Buffer | null; timestamp: number }[][] = [[], []]
  reads = 0
  /** Whether the cluster fails whoever asks. */
  fails = false
  #clock = 0

  add(partition: number, ...controls: readonly Partial<Control>[]): void {
    for (const changes of controls) {
      const value = codec.encode('controls', {
        ...everyTopic().controls,
        controlId: `${this.#clock}`,
        ...changes,
      })
      this.#partitions[partition]?.push({ value, timestamp: this.#clock++ })
    }
  }

  addDamaged(partition: number): void {
    this.#partitions[partition]?.push({ value: Buffer.from('damaged'), timestamp: this.#clock++ })
  }

  readonly reader = {
    bounds: async () => {
      if (this.fails) throw new Error('no broker')
      return this.#partitions.map(({ length }) => ({ first: 0, end: length, written: length }))
    },
    read: (_topic: string, partition: number, from: number, to: number) => this.#read(partition, from, to),
  }

  async *#read(partition: number, from: number, to: number) {
    const records = (this.#partitions[partition] ?? []).slice(from, to)
    this.reads += records.length
    if (records.length > 0)
      yield records.map((record, at) => ({ partition, offset: from + at, key: null, ...record }))
  }

  /** Where a watch reads it. */
  source(config: Config): ControlSource {
    const unreadable = new UnreadableRecords()
    return { config, reader: this.reader, codec, unreadable, fullName: (topic) => topic }
  }
}
