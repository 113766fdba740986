/** Records with any damage, of our writers and of others: read, or undecodable; never more than their bytes can hold. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AvscField, inlined, readSchemaFiles } from '../../../schemas/avsc-files.ts'
import { type Codec, createCodec } from '../../../schemas/codec.ts'
import { UndecodableError } from '../../../schemas/decode-errors.ts'
import { SCHEMA_OF_TOPIC, TOPICS, type TopicName } from '../../../schemas/topics.ts'
import { mutated } from '../../support/mutated.ts'
import { arbitraryRecord } from './arbitrary-record.ts'

const HEADER_BYTES = 5
const SCHEMAS = readSchemaFiles()
/** Ids from here on are those of writers with another version of each schema. */
const OTHERS = 500
const MORE: AvscField = { name: 'more', type: { type: 'array', items: 'string' }, default: [] }

/** Reads ours, and what writers with one field more in every record have written. */
function codecOfBoth(): Codec {
  const newer = new Map(
    [...SCHEMAS].map(([name, schema]) => [name, { ...schema, fields: [MORE, ...schema.fields] }]),
  )
  return createCodec({
    idOf: (topic) => TOPICS.indexOf(topic) + 1,
    schemaById: async (id) => {
      const topic = TOPICS[id - OTHERS]
      return topic && inlined(SCHEMA_OF_TOPIC[topic], newer)
    },
  })
}

/** Lengths and counts as Avro writes them, zigzag in groups of seven bits: far too large, negative, without end. */
const LENGTHS = [
  [0x7e],
  [0x80, 0x02],
  [0xfe, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0x01],
  [0x03, 0x04],
  Array<number>(30).fill(0xff),
].map((bytes) => Uint8Array.from(bytes))

/** Values in a record, those inside of others too. */
function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return 1
  return Object.values(value).reduce<number>((sum, inner) => sum + countOf(inner), 1)
}

function readOrRefused<T extends TopicName>(codec: Codec, topic: T, bytes: Buffer): void {
  let value: Parameters<typeof codec.encode<T>>[1]
  try {
    value = codec.decode(topic, bytes)
  } catch (error) {
    expect(error).toBeInstanceOf(UndecodableError)
    expect((error as Error).message.length).toBeLessThan(500)
    return
  }
  // Fields may come of defaults, but no list of more items than there are bytes.
  expect(countOf(value)).toBeLessThan(bytes.length + 200)
  const again = codec.decode(topic, codec.encode(topic, value))
  expect(again).toEqual(value)
}

describe.each(TOPICS)('a damaged record of %s', (topic: TopicName) => {
  test('is read, or is undecodable', async () => {
    const codec = codecOfBoth()
    const [record] = fc.sample(arbitraryRecord(topic), { numRuns: 1 })
    const own = codec.encode(topic, record!)
    const foreign = Buffer.from(own)
    foreign.writeInt32BE(OTHERS + TOPICS.indexOf(topic), 1)
    await codec.learn(OTHERS + TOPICS.indexOf(topic))
    const damaged = fc
      .constantFrom(own, foreign)
      .chain((bytes) =>
        mutated(bytes.subarray(HEADER_BYTES), LENGTHS).map((body) =>
          Buffer.concat([bytes.subarray(0, HEADER_BYTES), body]),
        ),
      )
    fc.assert(
      fc.property(damaged, (bytes) => readOrRefused(codec, topic, bytes)),
      { numRuns: 100 },
    )
  })

  test('is told whatever its header says', async () => {
    const codec = codecOfBoth()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), fc.boolean(), async (noise, isMarked) => {
        const bytes = Buffer.from(noise)
        if (isMarked && bytes.length > 0) bytes[0] = 0
        await codec.decodeAsync(topic, bytes).catch((error: unknown) => {
          expect(error).toBeInstanceOf(UndecodableError)
        })
      }),
      { numRuns: 40 },
    )
  })
})

test('an int of more than 32 bits is undecodable', () => {
  const codec = codecOfBoth()
  const state = { questionId: 'q', revision: 1, status: 'open', tier: null, samplers: [] }
  const bytes = codec.encode('triage-state', state)
  const at = bytes.indexOf('q') + 1
  const wide = Buffer.concat([
    bytes.subarray(0, at),
    Buffer.of(0x80, 0x80, 0x80, 0x80, 0x10),
    bytes.subarray(at + 1),
  ])
  expect(bytes[at]).toBe(2)
  expect(() => codec.decode('triage-state', wide)).toThrow('more than 32 bits')
})
