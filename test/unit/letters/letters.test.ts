import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dismiss } from '../../../letters/dismiss.ts'
import { dismissedByQuestion } from '../../../letters/dismissed.ts'
import { type LetterEntry, listLetters } from '../../../letters/letter-list.ts'
import { listScreen } from '../../../letters/list-screen.ts'
import { momentOf } from '../../../letters/moment.ts'
import { type OrderPublisher, redrive } from '../../../letters/redrive.ts'
import { dismissible, redrivable, selected, titlesOf } from '../../../letters/selection.ts'
import type { LetterSource } from '../../../letters/source.ts'
import { isAbandoned } from '../../../pipeline/leftovers.ts'
import { pathIdOf } from '../../../processors/generate.ts'
import { missingVerdictIdOf } from '../../../processors/verify.ts'
import { groupName, topicNames } from '../../../schemas/topic-names.ts'
import { TOPICS } from '../../../schemas/topics.ts'
import type { DeadLetter, TriageState } from '../../../schemas/types.ts'
import { OffsetTracker } from '../../../streams/offset-tracker.ts'
import { RecordCodec } from '../../../streams/record-codec.ts'
import { redriveOrder } from '../../../streams/redrive-orders.ts'
import type { OutgoingRecord } from '../../../streams/transport/transaction.ts'
import { PLAIN } from '../../../terminal/style.ts'
import { config } from '../../support/records.ts'
import { TopicLog } from '../../support/topic-log.ts'
import { logSource } from '../explain/log-source.ts'

const CONFIG = config()
const fullName = topicNames({ topicPrefix: '', pipeline: 'test', edition: 'main' })

function letter(id: string, changes: Partial<DeadLetter> = {}): DeadLetter {
  const step = changes.step ?? 'verify'
  return {
    deadLetterId: id,
    group: groupName(CONFIG, step),
    step,
    topic: fullName('raw-paths'),
    partition: 3,
    offset: 7,
    questionId: 'q',
    class: 'malformed-answer',
    message: `${id} broke`,
    attempts: 1,
    answer: null,
    key: Buffer.from('q'),
    value: Buffer.from(`record of ${id}`),
    redrivenFrom: null,
    headers: [],
    ...changes,
  }
}

/** Dead letters and orders in memory. */
class Letters implements OrderPublisher {
  readonly log = new TopicLog()
  /** Offsets of `redrive` each group is done with, by `<group>/<partition>`. */
  readonly finished = new Map<string, Set<number>>()
  readonly codec = new RecordCodec(this.log.codec, fullName, TOPICS, CONFIG.kafka.partitions)
  readonly stored = new Map<string, Buffer>()
  transactions = 0

  get source(): LetterSource {
    return {
      ...logSource(this.log, CONFIG),
      committed: async (groupId, topics) =>
        topics.flatMap(({ topic, partitions }) =>
          partitions.map((partition) => {
            const done = this.finished.get(`${groupId}/${partition}`)
            if (done === undefined) return { topic, partition, offset: -1, metadata: '' }
            const tracker = new OffsetTracker(0, '')
            for (const offset of done) tracker.finish(offset)
            return { topic, partition, ...tracker.snapshot() }
          }),
        ),
      at: async (topic, partition, offset) => {
        const value = this.stored.get(`${topic}/${partition}/${offset}`)
        return value === undefined ? null : { key: Buffer.from('q'), value }
      },
    }
  }

  write(...letters: DeadLetter[]): this {
    for (const one of letters) this.log.append('dead-letters', one.questionId ?? '', one)
    return this
  }

  list(): Promise<LetterEntry[]> {
    return listLetters(this.source)
  }

  /** Orders what can be ordered. */
  async redriven(letters?: readonly LetterEntry[]) {
    const { ready } = redrivable(letters ?? (await this.list()), CONFIG)
    return redrive(this.source, this, ready)
  }

  dismissed(letters: readonly LetterEntry[]): Promise<void> {
    return dismiss(this, letters, { by: 'ada', why: 'a test wrote them' })
  }

  readonly encode: OrderPublisher['encode'] = (emission) => this.codec.encode(emission)

  /** The groups come to all orders there are. */
  workOff(): void {
    for (const { partition, offset, value } of this.log.records('redrive')) {
      const place = `${this.log.codec.decode('redrive', value).group}/${partition}`
      this.finished.set(place, (this.finished.get(place) ?? new Set()).add(offset))
    }
  }

  async publishEncoded(records: readonly OutgoingRecord[]): Promise<void> {
    this.transactions++
    for (const { value, key, partition } of records) {
      this.log.append('redrive', String(key), this.log.codec.decode('redrive', value), partition)
    }
  }
}

describe('the list of dead letters', () => {
  it('tells what became of each: nothing, ordered, done, failed again', async () => {
    const letters = new Letters().write(letter('a'), letter('b'), letter('c'), letter('d', { step: 'rank' }))
    const [a, b, c] = await letters.list()
    await letters.redriven([a!, b!])
    letters.workOff()
    letters.write(letter('e', { redrivenFrom: 'b', attempts: 2 }))
    await letters.redriven([c!])
    const fates = (await letters.list()).map(({ deadLetterId, fate }) => [deadLetterId, fate])
    expect(Object.fromEntries(fates)).toEqual({
      a: { state: 'done' },
      b: { state: 'failed again', as: 'e' },
      c: { state: 'ordered' },
      d: { state: 'open' },
      e: { state: 'open' },
    })
  })

  it('shows a row and a message each', async () => {
    const letters = await new Letters()
      .write(letter('a'), letter('b', { step: 'generate.sampler-04' }))
      .list()
    const screen = listScreen(letters, titlesOf(CONFIG), { width: 90, style: PLAIN })
    expect(screen).toContain('generate.s4')
    expect(screen).toContain('b broke')
    expect(screen).toContain('2 dead letters: 2 open')
    expect(listScreen([], titlesOf(CONFIG), { width: 90, style: PLAIN })).toBe('no dead letters')
  })
})

describe('a selection', () => {
  const all = () =>
    new Letters()
      .write(
        letter('aa1', { step: 'generate.sampler-04', class: 'refused', questionId: 'set:1' }),
        letter('aa2', { step: 'generate.sampler-05', class: 'refused', questionId: 'other:1' }),
        letter('bb1', { class: 'internal', questionId: 'set:1' }),
      )
      .list()

  it('goes by step, class, time and id', async () => {
    const letters = await all()
    const ids = (filter: Parameters<typeof selected>[1]) =>
      selected(letters, filter, CONFIG)
        .map(({ deadLetterId }) => deadLetterId)
        .sort()
    expect(ids({})).toEqual(['aa1', 'aa2', 'bb1'])
    expect(ids({ step: 'generate' })).toEqual(['aa1', 'aa2'])
    expect(ids({ step: 'generate.s4' })).toEqual(['aa1'])
    expect(ids({ step: 'gen' })).toEqual([])
    expect(ids({ class: 'internal' })).toEqual(['bb1'])
    expect(ids({ ids: ['aa', 'bb1'], class: 'refused' })).toEqual(['aa1', 'aa2'])
    const [first, second] = letters.map(({ time }) => time)
    expect(ids({ since: second! })).toHaveLength(letters.filter(({ time }) => time >= second!).length)
    expect(ids({ until: first! })).toEqual([])
    expect(ids({ step: 'generate', class: 'refused', source: 'other', since: first! })).toEqual(['aa2'])
    expect(ids({ source: 'set' })).toEqual(['aa1', 'bb1'])
    expect(ids({ source: 'se' })).toEqual([])
    expect(ids({ question: 'set:1' })).toEqual(['aa1', 'bb1'])
    expect(() => ids({ ids: ['zz'] })).toThrow('no dead letter "zz"')
  })

  it('leaves alone what nobody would take', async () => {
    const letters = await new Letters().write(letter('a'), letter('b', { step: 'generate.gone' })).list()
    const { ready, skipped } = redrivable(letters, CONFIG)
    expect(ready.map(({ deadLetterId }) => deadLetterId)).toEqual(['a'])
    expect(skipped).toEqual([{ deadLetterId: 'b', why: expect.stringContaining('no step generate.gone') }])
  })
})

describe('dismissing', () => {
  const reason = { by: 'ada', why: 'a test wrote them' }

  it('sets open letters aside, with who and why; no group takes the word for an order', async () => {
    const letters = new Letters().write(letter('a'), letter('b'), letter('c'))
    const [a, b] = await letters.list()
    await letters.redriven([b!])
    const { ready, skipped } = dismissible(await letters.list())
    expect(skipped).toEqual([
      { deadLetterId: b!.deadLetterId, why: expect.stringContaining('ordered already') },
    ])
    await letters.dismissed([a!])
    const list = await letters.list()
    expect(list.map(({ fate }) => fate.state)).toEqual(['dismissed', 'ordered', 'open'])
    expect(list[0]?.fate).toEqual({ state: 'dismissed', ...reason })
    expect(ready.map(({ deadLetterId }) => deadLetterId)).toEqual(['a', 'c'])
    expect(letters.log.decoded('redrive')).toContainEqual(
      expect.objectContaining({ deadLetterId: 'a', kind: 'dismissed', group: '', key: null, value: null }),
    )
  })

  it('keeps them from being redriven, unless one is named', async () => {
    const letters = new Letters().write(letter('a'), letter('b'))
    await letters.dismissed(await letters.list())
    const list = await letters.list()
    expect(redrivable(list, CONFIG).ready).toEqual([])
    expect(redrivable(list, CONFIG).skipped[0]?.why).toBe('it was dismissed by ada: a test wrote them')
    const { ready } = redrivable(selected(list, { ids: ['b'] }, CONFIG), CONFIG, true)
    expect(ready.map(({ deadLetterId }) => deadLetterId)).toEqual(['b'])
    await redrive(letters.source, letters, ready)
    expect((await letters.list()).map(({ fate }) => fate.state)).toEqual(['dismissed', 'ordered'])
  })

  it('abandons a question that waits for nothing else', async () => {
    const letters = new Letters().write(letter('first'), letter('again', { redrivenFrom: 'first' }))
    const [, again] = await letters.list()
    await letters.dismissed([again!])
    const dismissed = dismissedByQuestion(await letters.list()).get('q')
    expect([...(dismissed ?? [])].toSorted()).toEqual(['again', 'first'])
    const state = (...outcomes: string[]): TriageState => ({
      questionId: 'q',
      revision: 1,
      status: 'open',
      tier: null,
      samplers: outcomes.map((outcome, at) => {
        const samplerId = `s${at}`
        const verdictId =
          outcome === 'Correct'
            ? `verdict ${at}`
            : missingVerdictIdOf(pathIdOf({ questionId: 'q', revision: 1 }, samplerId), outcome)
        const known = outcome === 'Correct' ? outcome : 'missing'
        return { samplerId, offset: at, verdictId, outcome: known, late: false }
      }),
    })
    expect(isAbandoned(state('Correct', 'first'), 2, dismissed)).toBe(true)
    expect(isAbandoned(state('Correct', 'first', 'other'), 3, dismissed)).toBe(false)
    expect(isAbandoned(state('Correct', 'first'), 3, dismissed)).toBe(false)
    expect(isAbandoned(state('Correct', 'first'), 2)).toBe(false)
  })
})

describe('redriving', () => {
  it('orders each dead letter once, with its record, where that stood', async () => {
    const letters = new Letters().write(letter('a'), letter('b'))
    expect((await letters.redriven()).ordered.toSorted()).toEqual(['a', 'b'])
    expect(await letters.redriven()).toEqual({ ordered: [], skipped: [] })
    const orders = letters.log.records('redrive')
    expect(orders.map(({ partition }) => partition)).toEqual([3, 3])
    expect(letters.log.decoded('redrive')).toContainEqual(redriveOrder(letter('a')).value)
  })

  it('fetches what a letter was too small for, and says where it cannot', async () => {
    const letters = new Letters().write(
      letter('large', { value: null, offset: 1 }),
      letter('gone', { value: null, offset: 2 }),
      letter('too large', { value: null, offset: 4 }),
    )
    letters.stored.set(`${fullName('raw-paths')}/3/1`, Buffer.alloc(800_000, 'x'))
    letters.stored.set(`${fullName('raw-paths')}/3/4`, Buffer.alloc(950_000, 'x'))
    const { ordered, skipped } = await letters.redriven()
    expect(ordered).toEqual(['large'])
    expect(Object.fromEntries(skipped.map(({ deadLetterId, why }) => [deadLetterId, why]))).toEqual({
      gone: expect.stringContaining('no longer at'),
      'too large': expect.stringContaining('a broker takes'),
    })
    expect(letters.log.decoded('redrive')[0]?.value).toHaveLength(800_000)
  })

  it('goes in transactions of a few megabytes', async () => {
    const large = Array.from({ length: 12 }, (_, at) => letter(`l${at}`, { value: Buffer.alloc(600_000) }))
    const letters = new Letters().write(...large)
    expect((await letters.redriven()).ordered).toHaveLength(12)
    expect(letters.transactions).toBe(2)
  })

  it('leaves every letter in one state, and none both ordered and ready, whatever happened before', async () => {
    const happening = fc.oneof(
      fc.record({ kind: fc.constant('fails' as const), id: fc.nat(9) }),
      fc.record({ kind: fc.constant('ordered' as const), id: fc.nat(9) }),
      fc.record({ kind: fc.constant('worked off' as const), id: fc.nat(9) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 25 }), async (happenings) => {
        const letters = new Letters()
        let fresh = 0
        for (const { kind, id } of happenings) {
          const there = await letters.list()
          const chosen = there[id % Math.max(1, there.length)]
          if (kind === 'worked off') letters.workOff()
          else if (kind === 'ordered') await letters.redriven(chosen === undefined ? [] : [chosen])
          else {
            const again = chosen?.fate.state === 'done' ? chosen.deadLetterId : null
            letters.write(letter(`letter-${fresh++}`, { redrivenFrom: again }))
          }
        }
        const list = await letters.list()
        const { ready, skipped } = redrivable(list, CONFIG)
        expect(ready.length + skipped.length).toBe(list.length)
        expect(ready.every(({ fate }) => fate.state === 'open')).toBe(true)
        await letters.redriven()
        expect(redrivable(await letters.list(), CONFIG).ready).toEqual([])
        const orders = letters.log.decoded('redrive').map(({ deadLetterId }) => deadLetterId)
        expect(new Set(orders).size).toBe(orders.length)
      }),
      { numRuns: 50 },
    )
  })
})

describe('a moment', () => {
  it('is so long ago, or a date', () => {
    const now = Date.UTC(2026, 2, 4, 12)
    expect(momentOf('2h', now)).toBe(now - 7_200_000)
    expect(momentOf('1.5d', now)).toBe(now - 129_600_000)
    expect(momentOf('2026-03-04T05:06:00Z', now)).toBe(Date.UTC(2026, 2, 4, 5, 6))
    expect(momentOf('2026-03-04', now)).toBe(new Date(2026, 2, 4).getTime())
    expect(momentOf('2026-03-04 05:06', now)).toBe(new Date(2026, 2, 4, 5, 6).getTime())
    for (const wrong of ['yesterday', '2', '2026-13-40', '2 weeks', ''])
      expect(momentOf(wrong, now), wrong).toBeNull()
  })
})
