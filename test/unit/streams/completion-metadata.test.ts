import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import {
  decodeCompletions,
  encodeCompletions,
  MAX_METADATA_BYTES,
} from '../../../streams/completion-metadata.ts'
import { MAX_SPAN } from '../../../streams/offset-tracker.ts'

const versionOf = (text: string) => Buffer.from(text, 'base64')[0]
const sorted = (offsets: Iterable<number>) => [...offsets].sort((a, b) => a - b)

/** Offsets above a base for which a rule holds. */
function where(base: number, span: number, holds: (at: number) => boolean): Set<number> {
  return new Set(Array.from({ length: span }, (_, at) => base + 1 + at).filter((_, at) => holds(at)))
}

describe('completion metadata', () => {
  it('is empty when nothing is finished above the base', () => {
    expect(encodeCompletions(7, new Set())).toBe('')
    expect(decodeCompletions(7, '')).toEqual([])
  })

  it('brings back what was written, whatever it is', () => {
    const spans = fc.uniqueArray(fc.integer({ min: 1, max: 3_000 }), { maxLength: 300 })
    fc.assert(
      fc.property(fc.nat(2 ** 50), spans, (base, above) => {
        const finished = new Set(above.map((at) => base + at))
        expect(decodeCompletions(base, encodeCompletions(base, finished))).toEqual(sorted(finished))
      }),
    )
  })

  it('takes the shorter encoding: run lengths for a few long runs, a bitmap for many short ones', () => {
    const long = where(100, 5_000, (at) => at >= 200 && at < 4_900)
    const scattered = where(100, 5_000, (at) => at % 2 === 0)
    const [runs, bitmap] = [encodeCompletions(100, long), encodeCompletions(100, scattered)]
    expect([versionOf(runs), versionOf(bitmap)]).toEqual([0x52, 0x42])
    expect(runs.length).toBeLessThan(20)
    expect(decodeCompletions(100, runs)).toEqual(sorted(long))
    expect(decodeCompletions(100, bitmap)).toEqual(sorted(scattered))
  })

  it.each([
    ['every second', (at: number) => at % 2 === 1],
    ['pairs', (at: number) => at % 4 < 2],
    ['one in 130', (at: number) => at % 130 === 129],
    ['all', () => true],
    ['the last', (at: number) => at === MAX_SPAN - 1],
  ])('fits into what Kafka allows at the largest span: %s', (_name, holds) => {
    const finished = where(0, MAX_SPAN, holds)
    const text = encodeCompletions(0, finished)
    expect(text.length).toBeLessThanOrEqual(MAX_METADATA_BYTES)
    expect(decodeCompletions(0, text)).toEqual(sorted(finished))
  })

  it('fits at the largest span for any density', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (density, dice) => {
          const finished = where(0, MAX_SPAN, () => (dice.next().value as number) < density)
          finished.add(MAX_SPAN)
          expect(encodeCompletions(0, finished).length).toBeLessThanOrEqual(MAX_METADATA_BYTES)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('refuses what does not fit, before Kafka does', () => {
    expect(() =>
      encodeCompletions(
        0,
        where(0, 30_000, (at) => at % 2 === 1),
      ),
    ).toThrow('more than Kafka')
  })

  it.each(['QQ==', 'x', 'not ours at all', Buffer.from([0x43, 1]).toString('base64')])(
    'refuses a version it does not know: %s',
    (text) => {
      expect(() => decodeCompletions(0, text)).toThrow('no version this Ninefold knows')
    },
  )

  it('refuses run lengths that end in the middle of a number', () => {
    expect(() => decodeCompletions(0, Buffer.from([0x52, 0x80]).toString('base64'))).toThrow(
      'middle of a number',
    )
  })

  const leb128 = (value: number) => {
    const bytes: number[] = []
    for (let rest = value; ; rest = Math.floor(rest / 128)) {
      if (rest < 128) return [...bytes, rest]
      bytes.push((rest % 128) | 0x80)
    }
  }

  it.each([
    ['a run of many offsets', [0x52, 0, ...leb128(2 ** 40)]],
    ['many runs', [0x52, ...Array.from({ length: 200 }, () => leb128(10_000)).flat()]],
    ['a number without end', [0x52, 0, ...Array<number>(400).fill(0x80), 1]],
    ['zeros above what a double holds', [0x52, 0, ...Array<number>(400).fill(0x80), 0]],
  ])('refuses more offsets than intake ever runs ahead: %s', (_, bytes) => {
    expect(() => decodeCompletions(5, Buffer.from(bytes).toString('base64'))).toThrow(
      'the metadata of offset 5 speaks of more than 24568 offsets',
    )
  })

  it('makes of any text whatever offsets above the base in their order, a bounded number, or a clear refusal', () => {
    const ours = fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => {
      bytes[0] = bytes[0]! % 2 === 0 ? 0x42 : 0x52
      return Buffer.from(bytes).toString('base64')
    })
    fc.assert(
      fc.property(fc.oneof(ours, fc.base64String(), fc.string()), fc.nat(2 ** 50), (text, base) => {
        let offsets: number[]
        try {
          offsets = decodeCompletions(base, text)
        } catch (error) {
          expect(error).toHaveProperty('message', expect.stringContaining(`the metadata of offset ${base} `))
          return
        }
        expect(offsets).toEqual(sorted(new Set(offsets)))
        expect(offsets.every((offset) => offset > base && offset <= base + 24_568)).toBe(true)
        expect(decodeCompletions(base, encodeCompletions(base, new Set(offsets)))).toEqual(offsets)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is left out when the kill test takes it away', () => {
    vi.stubEnv('NINEFOLD_NEGATIVE_CONTROL', 'no-completion-metadata')
    expect(encodeCompletions(0, new Set([5]))).toBe('')
    vi.unstubAllEnvs()
  })
})
