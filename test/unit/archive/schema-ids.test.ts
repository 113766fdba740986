import { expect, it } from 'vitest'
import { SchemaIds } from '../../../archive/schema-ids.ts'
import { avroType } from '../../../schemas/avro-types.ts'
import { inlined, readSchemaFiles } from '../../../schemas/avsc-files.ts'

const schemas = readSchemaFiles()
const TEXTS = Object.fromEntries(
  Object.entries({ 3: 'DeadLetter', 4: 'Redrive', 5: 'RawPath' }).map(([id, name]) => [
    id,
    JSON.stringify(inlined(name, schemas)),
  ]),
)
const letterType = avroType(inlined('DeadLetter', schemas))
const orderType = avroType(inlined('Redrive', schemas))

const framed = (id: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(5)
  head.writeInt32BE(id, 1)
  return Buffer.concat([head, body])
}
const letter = (topic: string, value: Buffer | null) =>
  letterType.toBuffer({
    deadLetterId: 'd',
    group: 'g',
    step: 'verify',
    topic,
    partition: 1,
    offset: 2,
    questionId: null,
    class: 'internal',
    message: '',
    attempts: 1,
    answer: null,
    key: null,
    value,
    redrivenFrom: null,
    headers: [],
  })
const order = (topic: string, value: Buffer | null) =>
  orderType.toBuffer({
    redriveId: 'r',
    deadLetterId: 'd',
    group: 'g',
    topic,
    key: null,
    value,
    kind: 'order',
    why: null,
    by: null,
  })

const PATH = Buffer.from('the Avro of a path')
const ids = new SchemaIds(
  new Map([
    [3, 13],
    [4, 14],
    [5, 15],
  ]),
  TEXTS,
)

it('a value begins with the id its schema has here', () => {
  expect(ids.framed('raw-paths', 5, PATH)).toEqual(framed(15, PATH))
  expect(() => ids.framed('raw-paths', 6, PATH)).toThrow('schema 6 was not registered')
})

it('so does the record that a dead letter or an order holds, and what that one holds', () => {
  expect(ids.framed('dead-letters', 3, letter('p.main.raw-paths', framed(5, PATH)))).toEqual(
    framed(13, letter('p.main.raw-paths', framed(15, PATH))),
  )
  const inner = order('p.main.raw-paths', framed(5, PATH))
  const twice = letter('p.main.redrive', framed(4, inner))
  expect(ids.framed('redrive', 4, order('p.main.redrive', framed(4, inner)))).toEqual(
    framed(14, order('p.main.redrive', framed(14, order('p.main.raw-paths', framed(15, PATH))))),
  )
  expect(ids.framed('dead-letters', 3, twice)).toEqual(
    framed(13, letter('p.main.redrive', framed(14, order('p.main.raw-paths', framed(15, PATH))))),
  )
})

it('what is held and never was a record stays as it is', () => {
  for (const held of [null, Buffer.from('no Avro'), Buffer.alloc(3), framed(99, PATH)]) {
    expect(ids.framed('dead-letters', 3, letter('p.main.intake', held))).toEqual(
      framed(13, letter('p.main.intake', held)),
    )
  }
})
