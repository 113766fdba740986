/** A writer that has not been updated for long: its schema lacks what was added to it since. */
import avro from 'avsc'

interface SchemaJson {
  readonly fields: readonly { readonly name: string }[]
}

interface Registered {
  readonly id: number
  readonly schema: string
}

const JSON_TYPE = { 'content-type': 'application/vnd.schemaregistry.v1+json' }

/**
 * Registers the newest schema of a topic without some fields, as an older version had it, and writes a value by it.
 * @param topic the full name
 * @returns the record's bytes, framed as registries' clients frame them
 */
export async function encodeRetired(
  registryUrl: string,
  topic: string,
  without: readonly string[],
  value: object,
): Promise<Buffer> {
  const subject = `${registryUrl}/subjects/${encodeURIComponent(`${topic}-value`)}/versions`
  const newest = (await (await fetch(`${subject}/latest`)).json()) as Registered
  const schema = JSON.parse(newest.schema) as SchemaJson
  const older = { ...schema, fields: schema.fields.filter(({ name }) => !without.includes(name)) }
  const body = JSON.stringify({ schema: JSON.stringify(older) })
  const answer = await fetch(subject, { method: 'POST', headers: JSON_TYPE, body })
  if (!answer.ok) throw new Error(`the schema is refused: ${await answer.text()}`)
  const { id } = (await answer.json()) as Registered
  const frame = Buffer.alloc(5)
  frame.writeInt32BE(id, 1)
  return Buffer.concat([frame, avro.Type.forSchema(older as avro.Schema).toBuffer(value)])
}
