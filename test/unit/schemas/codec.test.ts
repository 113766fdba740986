import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { avroType } from '../../../schemas/avro-types.ts'
import { inlined, readSchemaFiles } from '../../../schemas/avsc-files.ts'
import { createCodec } from '../../../schemas/codec.ts'
import { UndecodableError, UnknownWriter } from '../../../schemas/decode-errors.ts'
import { canonicalJson } from '../../../schemas/ids.ts'
import { memoryCodec } from '../../../schemas/memory-codec.ts'
import { TOPICS, type TopicName } from '../../../schemas/topics.ts'
import type { Redrive } from '../../../schemas/types.ts'
import { arbitraryRecord } from './arbitrary-record.ts'

const codec = memoryCodec()
const redrive: Redrive = {
  redriveId: 'r1',
  deadLetterId: 'd1',
  group: 'g',
  topic: 'verdicts',
  key: null,
  value: Buffer.from([1, 2, 3]),
  kind: 'order',
  why: null,
  by: null,
}

/** Whether a value and everything in it is made of plain objects and arrays. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return (
    (prototype === Object.prototype || prototype === Array.prototype) && Object.values(value).every(isPlain)
  )
}

describe.each(TOPICS)('%s', (topic: TopicName) => {
  const record = arbitraryRecord(topic)

  test('what is written is read again, as plain objects', () => {
    fc.assert(
      fc.property(record, (value) => {
        const read = codec.decode(topic, codec.encode(topic, value))
        expect(read).toEqual(value)
        expect(isPlain(read)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  test('equal values give equal bytes', () => {
    fc.assert(
      fc.property(record, (value) => {
        const again = codec.decode(topic, codec.encode(topic, value))
        expect(codec.encode(topic, again)).toEqual(codec.encode(topic, value))
      }),
      { numRuns: 20 },
    )
  })

  test('bytes that are no Avro are undecodable, and nothing worse', () => {
    const header = codec.encode(topic, fc.sample(record, { numRuns: 1, seed: 1 })[0]!).subarray(0, 5)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        const bytes = Buffer.concat([header, noise])
        try {
          codec.decode(topic, bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(UndecodableError)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('a record cut short anywhere is undecodable', () => {
    fc.assert(
      fc.property(record, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (value, part) => {
        const bytes = codec.encode(topic, value)
        const cut = bytes.subarray(0, Math.floor(bytes.length * part))
        expect(() => codec.decode(topic, cut)).toThrow(UndecodableError)
      }),
      { numRuns: 50 },
    )
  })
})

test('the header is a zero byte and the id, big-endian', () => {
  const id = TOPICS.indexOf('redrive') + 1
  expect([...codec.encode('redrive', redrive).subarray(0, 5)]).toEqual([0, 0, 0, 0, id])
})

test('decoded records can be spread, listed, turned to JSON and hashed', () => {
  const letter = { ...redrive, value: null }
  const read = codec.decode('redrive', codec.encode('redrive', letter))
  expect(Object.keys(read)).toEqual(Object.keys(letter))
  expect(JSON.stringify({ ...read })).toBe(JSON.stringify(letter))
  expect(canonicalJson(read)).toBe(canonicalJson(letter))
})

test('fields left out take their defaults', () => {
  const { key: _key, value: _value, ...rest } = redrive
  const read = codec.decode('redrive', codec.encode('redrive', rest as Redrive))
  expect(read).toEqual({ ...rest, key: null, value: null })
})

test.each([2 ** 52, -(2 ** 52), 0.5, Number.NaN])('a long of %d is refused', (offset) => {
  const sampler = { samplerId: 's', offset, verdictId: 'v', outcome: 'Correct', late: false }
  const state = { questionId: 'q', revision: 1, status: 'open', tier: null, samplers: [sampler] }
  expect(() => codec.encode('triage-state', state)).toThrow('samplers.0.offset must be long')
})

test('a record larger than any before is written whole', () => {
  const value = Buffer.alloc(3_000_000, 7)
  expect(codec.decode('redrive', codec.encode('redrive', { ...redrive, value })).value).toEqual(value)
})

test('an earlier record keeps its bytes when a later one is written', () => {
  const first = codec.encode('redrive', redrive)
  const copy = Buffer.from(first)
  codec.encode('redrive', { ...redrive, redriveId: 'another', group: 'x'.repeat(500) })
  expect(first).toEqual(copy)
})

test.each([
  ['short', 'cut \ud83d'],
  ['long', `${'x'.repeat(100)}\ud83d`],
])('a lone surrogate in a %s text is written as the replacement character', (_, group) => {
  const bytes = codec.encode('redrive', { ...redrive, group })
  expect(codec.decode('redrive', bytes).group).toBe(group.toWellFormed())
  expect(bytes.includes(group.toWellFormed(), 'utf8')).toBe(true)
})

test('a record that does not fit is refused with its field, and without its value', () => {
  const wrong = { ...redrive, group: { secret: 'hunter2' } } as unknown as Redrive
  const attempt = () => codec.encode('redrive', wrong)
  expect(attempt).toThrow(
    'a record for redrive does not fit ninefold.Redrive: group must be string, is object',
  )
  expect(attempt).not.toThrow('hunter2')
})

test.each<[string, TopicName, Buffer | null, string]>([
  ['null', 'redrive', null, 'without a value'],
  ['nothing', 'redrive', Buffer.alloc(0), 'too few'],
  ['another magic byte', 'redrive', Buffer.from([1, 0, 0, 0, 1, 0]), 'magic byte wrong: 1'],
  [
    'a trailing byte',
    'redrive',
    Buffer.concat([codec.encode('redrive', redrive), Buffer.from([0])]),
    '1 bytes follow',
  ],
  ['an array of two thousand million', 'triage-state', countOnly(2 ** 31), 'runs past the end'],
  ['an array of a negative count', 'triage-state', countOnly(-(2 ** 31)), 'runs past the end'],
])('%s is undecodable', (_, topic, bytes, message) => {
  const decode = () => codec.decode(topic, bytes)
  expect(decode).toThrow(UndecodableError)
  expect(decode).toThrow(message)
})

/** A triage state whose samplers are announced, and do not come. */
function countOnly(count: number): Buffer {
  const state = { questionId: 'q', revision: 1, status: 'open', tier: null, samplers: [] }
  const bytes = codec.encode('triage-state', state)
  return Buffer.concat([bytes.subarray(0, -1), avroType({ type: 'long' }).toBuffer(count)])
}

describe("a writer's schema that is not ours", () => {
  const foreign = { ...inlined('Redrive', readSchemaFiles()), doc: 'theirs' }
  const known = new Map<number, object>([
    [901, { ...foreign, fields: [...foreign.fields, { name: 'note', type: 'string', default: '' }] }],
    [902, { type: 'record', name: 'Stranger', fields: [] }],
    [903, { type: 'nonsense' }],
  ])
  const asked: number[] = []
  const withWriters = createCodec({
    idOf: (topic) => TOPICS.indexOf(topic) + 1,
    schemaById: async (id) => {
      asked.push(id)
      return known.get(id)
    },
  })
  const theirs = avroType(known.get(901)!)
  const written = (id: number): Buffer => {
    const header = Buffer.alloc(5)
    header.writeInt32BE(id, 1)
    return Buffer.concat([header, theirs.toBuffer({ ...redrive, note: 'hello' })])
  }

  test('has to be learned once, then is read without waiting', async () => {
    expect(() => withWriters.decode('redrive', written(901))).toThrow(UnknownWriter)
    await Promise.all([withWriters.learn(901), withWriters.learn(901)])
    await withWriters.learn(901)
    expect(withWriters.decode('redrive', written(901))).toEqual(redrive)
    expect(asked.filter((id) => id === 901)).toHaveLength(1)
  })

  test('is learned on the way when the caller can wait', async () => {
    await expect(withWriters.decodeAsync('redrive', written(901))).resolves.toEqual(redrive)
  })

  test.each([
    [902, 'schema id 902 (Stranger) cannot be read as ninefold.Redrive'],
    [903, 'schema id 903 is no Avro schema'],
    [904, 'unknown schema id 904'],
  ])('that cannot be used makes the record undecodable: %i', async (id, message) => {
    const decoding = withWriters.decodeAsync('redrive', written(id))
    await expect(decoding).rejects.toThrow(UndecodableError)
    await expect(decoding).rejects.toThrow(message)
  })

  test('that cannot be fetched is not held against the record', async () => {
    const down = createCodec({
      idOf: (topic) => TOPICS.indexOf(topic) + 1,
      schemaById: () => Promise.reject(new Error('registry is down')),
    })
    await expect(down.decodeAsync('redrive', written(901))).rejects.toThrow('registry is down')
  })
})
