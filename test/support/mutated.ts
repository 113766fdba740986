/** Sound bytes and texts made unsound, for readers that take what others wrote. */
import fc from 'fast-check'

/** Where one change is made, as a part of the whole, and what stands there then. */
interface Change {
  readonly place: number
  /** How much of what stands there is left out. */
  readonly cut: number
  readonly put: Uint8Array
  /** Whether all behind it is left out, too. */
  readonly ends: boolean
}

/**
 * These bytes with one to four changes: cut off, a piece left out, other bytes in between or in its place.
 * @param words what to put in, beside any bytes and those that lengths and counts are made of
 * @param from the part of the bytes behind which changes are made, 0 to 1
 */
export function mutated(
  original: Uint8Array,
  words: readonly (string | Uint8Array)[] = [],
  from = 0,
): fc.Arbitrary<Buffer> {
  const telling = fc.constantFrom(0x00, 0x01, 0x7f, 0x80, 0xff).map((byte) => Uint8Array.of(byte))
  const put = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 4 }),
    telling,
    fc.constantFrom('', ...words).map((word) => Buffer.from(word as Uint8Array)),
  )
  const change: fc.Arbitrary<Change> = fc.record({
    place: fc.double({ min: from, max: 1, noNaN: true }),
    cut: fc.oneof(fc.constantFrom(0, 1), fc.nat(24)),
    put,
    ends: fc.nat(15).map((chance) => chance === 0),
  })
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) => changes.reduce<Buffer>(changed, Buffer.from(original)))
}

function changed(bytes: Buffer, { place, cut, put, ends }: Change): Buffer {
  const at = Math.floor(place * bytes.length)
  return Buffer.concat([bytes.subarray(0, at), put, ends ? Buffer.alloc(0) : bytes.subarray(at + cut)])
}
