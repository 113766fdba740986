/**
 * From the ids that schemas had to those they have in this registry. Every value begins with one; and dead letters and
 * the orders to try them again hold whole records, which begin with one in turn.
 */
import type avro from 'avsc'
import { avroType } from '../schemas/avro-types.ts'
import type { TopicName } from '../schemas/topics.ts'
import { FRAME_BYTES } from './segment-writer.ts'

/** Topics whose records hold other records, as `value` beside the `topic` those stood in. */
const CARRIERS: readonly string[] = ['dead-letters', 'redrive'] satisfies TopicName[]

/** Brings values from one registry's ids to another's. */
export class SchemaIds {
  readonly #ids: ReadonlyMap<number, number>
  readonly #texts: Readonly<Record<string, string>>
  readonly #types = new Map<number, avro.Type>()
  readonly #isSame: boolean

  /** @param ids new ids by old ones @param texts schemas by old id */
  constructor(ids: ReadonlyMap<number, number>, texts: Readonly<Record<string, string>>) {
    this.#ids = ids
    this.#texts = texts
    this.#isSame = [...ids].every(([before, now]) => before === now)
  }

  /**
   * A value of a topic as it belongs into this registry's world.
   * @param topic its short name
   * @param schema the id its schema had
   * @param body its Avro
   */
  framed(topic: string, schema: number, body: Buffer): Buffer {
    const now = this.#ids.get(schema)
    if (now === undefined) throw new Error(`schema ${schema} was not registered`)
    const carried = CARRIERS.includes(topic) && !this.#isSame ? this.#carrier(schema, body) : body
    const framed = Buffer.allocUnsafe(FRAME_BYTES + carried.length)
    framed[0] = 0
    framed.writeInt32BE(now, 1)
    carried.copy(framed, FRAME_BYTES)
    return framed
  }

  /** A record that holds another one. */
  #carrier(schema: number, body: Buffer): Buffer {
    const type = this.#typeOf(schema)
    const record = type.fromBuffer(body) as { topic: string; value: Buffer | null }
    return type.toBuffer({ ...record, value: this.#held(record.topic, record.value) })
  }

  /** A record that was held, unless it never was one. */
  #held(topic: string, value: Buffer | null): Buffer | null {
    if (value === null || value.length < FRAME_BYTES || value[0] !== 0) return value
    const schema = value.readInt32BE(1)
    if (!this.#ids.has(schema)) return value
    return this.framed(topic.slice(topic.lastIndexOf('.') + 1), schema, value.subarray(FRAME_BYTES))
  }

  #typeOf(schema: number): avro.Type {
    const known = this.#types.get(schema)
    if (known !== undefined) return known
    const type = avroType(JSON.parse(this.#texts[schema]!) as object)
    this.#types.set(schema, type)
    return type
  }
}
