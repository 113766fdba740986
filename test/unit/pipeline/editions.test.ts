import { describe, expect, it } from 'vitest'
import {
  DROPPING,
  type EditionSource,
  findEdition,
  readEditionTopic,
  refuseDropping,
} from '../../../pipeline/editions.ts'
import { memoryCodec } from '../../../schemas/memory-codec.ts'
import type { Edition } from '../../../schemas/types.ts'
import { UnreadableRecords } from '../../../streams/unreadable.ts'

const codec = memoryCodec()
const TOPIC = 'test.main.editions'
const edition: Edition = {
  kind: 'started',
  edition: 'main',
  hash: 'h',
  config: '{}',
  base: null,
  from: null,
  codeVersion: '1',
  settings: [],
  inputs: [],
}

function sourceOf(...values: (Buffer | null)[]): EditionSource {
  const records = values.map((value, offset) => ({ partition: 0, offset, key: null, value, timestamp: 0 }))
  const part = {
    client: { listTopics: async () => [TOPIC] },
    reader: {
      async *readAll() {
        yield records
      },
    },
    codec,
    unreadable: new UnreadableRecords(),
  }
  return part as unknown as EditionSource
}

describe('what is recorded of an edition', () => {
  const recorded = codec.encode('editions', edition)
  const garbage = Buffer.from('{"plain":"json"}')

  it('is the first record that can be read; what cannot be is passed by, and noted', async () => {
    const source = sourceOf(null, garbage, recorded, garbage)
    expect(await findEdition(source, TOPIC)).toEqual(edition)
    expect(source.unreadable.named.map(({ offset }) => offset)).toEqual([0, 1])
  })

  it('is nothing in an empty topic, or where there is none', async () => {
    expect(await findEdition(sourceOf(), TOPIC)).toBeNull()
    expect(await findEdition(sourceOf(recorded), 'another.main.editions')).toBeNull()
  })

  it('is not made up where nothing can be read: another configuration could be taken for it', async () => {
    await expect(findEdition(sourceOf(garbage), TOPIC)).rejects.toMatchObject({
      code: 'NF_EDITION_UNREADABLE',
      message: expect.stringContaining(`${TOPIC} can be read; the first record is 0/0: editions: magic byte`),
    })
  })

  it('ends with the record that says it is being dropped: nobody goes on with it', async () => {
    const dropping = codec.encode('editions', { ...edition, kind: DROPPING })
    const started = await readEditionTopic(sourceOf(recorded, garbage), TOPIC)
    expect(started).toMatchObject({ record: edition, madeAt: 0, isDropping: false })
    expect(() => refuseDropping('main', started)).not.toThrow()
    const found = await readEditionTopic(sourceOf(recorded, dropping), TOPIC)
    expect(found).toMatchObject({ record: edition, isDropping: true })
    expect(() => refuseDropping('main', found)).toThrow(
      expect.objectContaining({ code: 'NF_EDITION_DROPPING' }),
    )
    expect(() => refuseDropping('main', null)).not.toThrow()
    const takenBack = await readEditionTopic(sourceOf(recorded, dropping, recorded), TOPIC)
    expect(takenBack).toMatchObject({ record: edition, isDropping: false })
  })
})
