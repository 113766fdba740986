/**
 * avsc types that can be trusted with bytes from outside, and whose values are plain objects.
 *
 * avsc as it comes has five traits that do not fit a log others write to:
 * - it believes an array's count: four stray bytes make it push two thousand million items, and the process
 *   dies of it. Here a count above the bytes that are left is an error.
 * - a lone surrogate, which a model's cut-off JSON escape can leave behind, is written as bytes that are no
 *   UTF-8, and stops readers in other languages. Here it is written as U+FFFD.
 * - a long below -2^52 comes back with another sign: its zigzag form is odd and above 2^53, where doubles hold
 *   even numbers only. Here a long of 2^52 or more, either way, is an error.
 * - an int of more than 32 bits is read, and then refused where it is to be written. Here it is not read.
 * - decoded records are instances of generated classes, which canonicalJson refuses. Here their prototype is
 *   Object's; it costs nothing, since only the prototype of avsc's own constructor changes.
 */
import avro from 'avsc'

/** avsc's cursor over a buffer: the part of it used here. */
interface Tap {
  readonly buf: Buffer
  pos: number
  readLong(): number
  skipLong(): void
  readString(): string
  skipString(): void
  writeString(text: string): void
  writeLong(value: number): void
  writeFixed(bytes: Buffer, length: number): void
}

/** What every avsc type has and its declarations leave out. */
interface Internals {
  _read(tap: Tap): unknown
  _skip(tap: Tap): void
  _write(tap: Tap, value: unknown): void
}

/** The first number whose negative has no exact zigzag form in a double. */
const LONG_LIMIT = 2 ** 52

type Options = Partial<avro.ForSchemaOptions>

/**
 * The count of the next block of an array or map, 0 at its end. Every item takes at least a byte in the types
 * the schemas use, so that a count above what is left is a lie.
 */
function blockCount(tap: Tap): number {
  const written = tap.readLong()
  if (written < 0) tap.skipLong()
  const count = Math.abs(written)
  if (count > tap.buf.length - tap.pos) throw new Error(`a count of ${count} items runs past the end`)
  return count
}

class BoundedArray extends avro.types.ArrayType {
  _read(tap: Tap): unknown[] {
    const items = this.itemsType as unknown as Internals
    const values: unknown[] = []
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      while (count--) values.push(items._read(tap))
    }
    return values
  }

  _skip(tap: Tap): void {
    const items = this.itemsType as unknown as Internals
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      while (count--) items._skip(tap)
    }
  }
}

class BoundedMap extends avro.types.MapType {
  _read(tap: Tap): Record<string, unknown> {
    const values = this.valuesType as unknown as Internals
    const entries: [string, unknown][] = []
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      while (count--) entries.push([tap.readString(), values._read(tap)])
    }
    return Object.fromEntries(entries)
  }

  _skip(tap: Tap): void {
    const values = this.valuesType as unknown as Internals
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      while (count--) {
        tap.skipString()
        values._skip(tap)
      }
    }
  }
}

class WellFormedString extends avro.types.StringType {
  _write(tap: Tap, text: unknown): void {
    if (typeof text !== 'string') throw new Error('not a string')
    tap.writeString(text.toWellFormed())
  }
}

function isExactLong(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(value as number) < LONG_LIMIT
}

class ExactLong extends avro.types.LongType {
  _check(value: unknown, _flags: unknown, hook?: (value: unknown, type: avro.Type) => void): boolean {
    const fits = isExactLong(value)
    if (!fits) hook?.(value, this)
    return fits
  }

  _read(tap: Tap): number {
    const value = tap.readLong()
    if (!isExactLong(value)) throw new Error('a long is too large to be held exactly')
    return value
  }

  _write(tap: Tap, value: unknown): void {
    if (!isExactLong(value)) throw new Error('not a long that can be held exactly')
    tap.writeLong(value)
  }
}

class ExactInt extends avro.types.IntType {
  _read(tap: Tap): number {
    const value = tap.readLong()
    if (value !== (value | 0)) throw new Error('an int has more than 32 bits')
    return value
  }
}

const LONG = new ExactLong()
const INT = new ExactInt()
const STRING = new WellFormedString()

function plainRecord(schema: avro.Schema, options: Options): avro.Type {
  const type = new avro.types.RecordType(schema, { ...options, omitRecordMethods: true })
  const recordClass = type.recordConstructor as { prototype: object }
  recordClass.prototype = Object.prototype
  return type
}

function typeHook(schema: avro.Schema, options: Options): avro.Type | undefined {
  const kind = typeof schema === 'string' ? schema : (schema as { type?: unknown }).type
  if (kind === 'string') return STRING
  if (kind === 'long') return LONG
  if (kind === 'int') return INT
  if (kind === 'array') return new BoundedArray(schema, options)
  if (kind === 'map') return new BoundedMap(schema, options)
  if (kind === 'record') return plainRecord(schema, options)
  return undefined
}

/**
 * The avsc type of a self-contained schema.
 * @throws {Error} avsc's own, when it is no Avro schema.
 */
export function avroType(schema: object): avro.Type {
  return avro.Type.forSchema(schema as avro.Schema, { typeHook })
}

/**
 * The same, but values of one of its records are left as the bytes they are written as.
 * @param raw that record's schema: the very object that stands within `schema`
 */
export function avroTypeWithRaw(schema: object, raw: object): avro.Type {
  const hook = (part: avro.Schema, options: Options): avro.Type | undefined =>
    part === raw ? asBytes(plainRecord(part, options)) : typeHook(part, options)
  return avro.Type.forSchema(schema as avro.Schema, { typeHook: hook })
}

/** A type whose values are read and written as bytes; where they end is told by skipping them. */
function asBytes(type: avro.Type): avro.Type {
  const skip = (tap: Tap): void => (type as unknown as Internals)._skip(tap)
  const bytesAlone: Pick<Internals, '_read' | '_write'> = {
    _read(tap) {
      const from = tap.pos
      skip(tap)
      return tap.buf.subarray(from, tap.pos)
    },
    _write: (tap, bytes) => tap.writeFixed(bytes as Buffer, (bytes as Buffer).length),
  }
  // avsc freezes its types.
  return Object.create(type, Object.getOwnPropertyDescriptors(bytesAlone)) as avro.Type
}
