/**
 * The finished offsets above a base, as text for an offset's metadata. A version byte stands first; then the
 * shorter of a bitmap and run lengths; all in base64. An unknown version is refused, never guessed.
 *
 *   byte 0   'B' bitmap, bit i (from the lowest of each byte) says base+1+i is finished
 *            'R' run lengths as unsigned LEB128: unfinished, finished, unfinished, … from base+1
 *
 * The base itself is unfinished by definition, or it would not be the base. Empty text: nothing above it.
 */
import { negativeControl } from './negative-controls.ts'

/** Kafka's default limit, `offset.metadata.max.bytes`. */
export const MAX_METADATA_BYTES = 4_096

/** Offsets that a bitmap can speak of in so much base64, its version byte left out; no more are taken in either form. */
const MOST_OFFSETS = (3 * (MAX_METADATA_BYTES / 4) - 1) * 8

const BITMAP = 0x42
const RUNS = 0x52

/** @throws when it does not fit; the tracker's span limit keeps that from happening. */
export function encodeCompletions(base: number, finished: ReadonlySet<number>): string {
  if (finished.size === 0 || negativeControl('no-completion-metadata')) return ''
  let last = base
  for (const offset of finished) last = Math.max(last, offset)
  if (last - base > MOST_OFFSETS) {
    throw new Error(
      `progress above offset ${base} speaks of ${last - base} offsets, more than Kafka's ${MAX_METADATA_BYTES} bytes can hold`,
    )
  }
  const bitmap = Buffer.alloc(1 + Math.ceil((last - base) / 8))
  bitmap[0] = BITMAP
  for (const offset of finished) {
    const bit = offset - base - 1
    bitmap[1 + (bit >> 3)]! |= 1 << (bit & 7)
  }
  const runs = runLengths(base, last, finished, bitmap.length)
  return (runs ?? bitmap).toString('base64')
}

/** @throws for an unknown version or text that is not of ours: whoever may commit may have written anything. */
export function decodeCompletions(base: number, metadata: string): number[] {
  if (metadata === '') return []
  const bytes = Buffer.from(metadata, 'base64')
  // Node passes over what is no base64.
  const isOurs = bytes.toString('base64') === metadata && metadata.length <= MAX_METADATA_BYTES
  if (isOurs && bytes[0] === BITMAP) return fromBitmap(base, bytes)
  if (isOurs && bytes[0] === RUNS) return fromRuns(base, bytes)
  throw new Error(`the metadata of offset ${base} is of no version this Ninefold knows`)
}

/** Run lengths, or null as soon as they are no shorter than the bitmap. */
function runLengths(base: number, last: number, finished: ReadonlySet<number>, limit: number): Buffer | null {
  const bytes = [RUNS]
  let state = false
  let length = 0
  for (let offset = base + 1; offset <= last; offset++) {
    if (finished.has(offset) === state) {
      length++
      continue
    }
    pushVarint(bytes, length)
    if (bytes.length >= limit) return null
    state = !state
    length = 1
  }
  pushVarint(bytes, length)
  return bytes.length < limit ? Buffer.from(bytes) : null
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
}

function fromBitmap(base: number, bytes: Buffer): number[] {
  const finished: number[] = []
  for (let bit = 0; bit < (bytes.length - 1) * 8; bit++) {
    if (bytes[1 + (bit >> 3)]! & (1 << (bit & 7))) finished.push(base + 1 + bit)
  }
  return finished
}

function fromRuns(base: number, bytes: Buffer): number[] {
  const finished: number[] = []
  let offset = base + 1
  let state = false
  for (let at = 1; at < bytes.length; state = !state) {
    let length = 0
    let scale = 1
    for (;;) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error(`the metadata of offset ${base} ends in the middle of a number`)
      length += (byte & 0x7f) * scale
      if (byte < 0x80) break
      scale *= 128
    }
    // Not a number, should a length be longer than a double can hold.
    if (!(offset + length - 1 - base <= MOST_OFFSETS)) {
      throw new Error(`the metadata of offset ${base} speaks of more than ${MOST_OFFSETS} offsets`)
    }
    if (state) for (let i = 0; i < length; i++) finished.push(offset + i)
    offset += length
  }
  return finished
}
