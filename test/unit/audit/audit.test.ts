import { beforeAll, describe, expect, it } from 'vitest'
import { formatReport } from '../../../audit/report.ts'
import { stateKey } from '../../../processors/triage-state.ts'
import type { TopicName } from '../../../schemas/topics.ts'
import { dismissal } from '../../../streams/redrive-orders.ts'
import { scoringConfig } from '../../support/records.ts'
import type { StoredInLog, TopicLog } from '../../support/topic-log.ts'
import { auditOf, consistentLog } from './audited-log.ts'

let log: TopicLog

beforeAll(async () => {
  log = await consistentLog()
})

/** The topics of the dataflow by the steps that may be blamed when one of their records is not as it should be. */
const BLAMED = {
  intake: ['admit'],
  questions: ['admit', 'generate', 'triage'],
  'raw-paths': ['generate', 'verify'],
  verdicts: ['verify', 'triage'],
  'triage-state': ['triage'],
  'triaged-easy': ['triage', 'rank'],
  'triaged-medium': ['triage', 'rank'],
  'triaged-difficult': ['triage', 'regenerate'],
  ranked: ['rank', 'refine'],
  escalated: ['refine', 'regenerate'],
  kept: ['rank', 'refine', 'regenerate', 'summarize'],
  unsolved: ['regenerate'],
  records: ['summarize', 'score', 'withdraw'],
  scores: ['score'],
  'score-intake': ['score'],
  controls: ['control'],
  completions: ['ask'],
  'dead-letters': ['admit', 'generate', 'verify', 'control', 'summarize', 'dead-letters', 'redrive'],
} as const satisfies Partial<Record<TopicName, readonly string[]>>

type Audited = keyof typeof BLAMED
const TOPICS = Object.keys(BLAMED) as Audited[]

/** At most this many records a topic are tried, spread evenly over it. */
const TRIED = 8

function spread(records: readonly StoredInLog[]): StoredInLog[] {
  const step = Math.max(1, Math.ceil(records.length / TRIED))
  return records.filter((_, at) => at % step === 0)
}

/** The ids that may name a record in a fault: its own, and its question's. */
function namesOf(topic: Audited, { value }: StoredInLog): string[] {
  const record = log.codec.decode(topic, value) as unknown as Record<string, unknown>
  const question = (record.question ?? record) as { questionId?: string; revision?: number }
  const loaded = `${String(record.source)}:${String(record.id)}`
  const given = [question.questionId, loaded, ...[1, 2].map((number) => `${loaded}@${number}`)]
  const revised =
    question.questionId === undefined || question.revision === undefined
      ? []
      : [stateKey({ questionId: question.questionId, revision: question.revision })]
  const ids = Object.entries(record).filter(([key, id]) => /Id$|Hash$/.test(key) && typeof id === 'string')
  return [...given, ...revised, ...ids.map(([, id]) => id)].filter((id): id is string => id !== undefined)
}

async function expectFound(topic: Audited, record: StoredInLog, changed: TopicLog): Promise<void> {
  const { faults } = await auditOf(changed)
  const names = namesOf(topic, record)
  const naming = faults.filter(({ id, detail }) => names.some((name) => id === name || detail.includes(name)))
  const steps = naming.map(({ step }) => step.split('.')[0])
  expect(
    steps.some((step) => (BLAMED[topic] as readonly (string | undefined)[]).includes(step)),
    `${topic}/${record.partition}/${record.offset}: ${JSON.stringify(faults.slice(0, 5))}`,
  ).toBe(true)
}

/** Records whose loss or repetition loses and repeats nothing. */
const HARMLESS: Record<'lost' | 'doubled' | 'moved', (topic: Audited, record: StoredInLog) => boolean> = {
  // A repeat stands in for the one it repeats, and a copy sent home for the one that stood elsewhere. Of a question's
  // states only the last one counts.
  lost: (topic, record) =>
    (topic === 'intake' && (idOf(record) === 'repeat' || String(record.key) === 'any key')) ||
    (topic === 'triage-state' && !turnsState(record)) ||
    // The sample may have been another one when its subject passed: it waits. So with controls.
    topic === 'scores' ||
    topic === 'controls' ||
    // Without its letter a control waits just so.
    (topic === 'dead-letters' && log.codec.decode('dead-letters', record.value).step === 'control'),
  // A repeated intake is dropped by admit.
  doubled: (topic) => topic === 'intake' || topic === 'triage-state',
  // Intake may stand anywhere, if a copy of it stands at home.
  moved: (topic, record) =>
    topic === 'intake' && (String(record.key) === 'any key' || idOf(record) === 'repeat'),
}

function idOf({ value }: StoredInLog): string | null {
  return log.codec.decode('intake', value).id
}

/** Whether a state is the last of its question, and the first to say what it says. */
function turnsState(record: StoredInLog): boolean {
  const same = log.records('triage-state').filter(({ key }) => String(key) === String(record.key))
  const [last, before] = same
    .slice(-2)
    .reverse()
    .map(({ value }) => log.codec.decode('triage-state', value))
  return same.at(-1) === record && last?.status !== before?.status
}

describe('audit', () => {
  it('tells which dead letters were dismissed, and who waits for them', async () => {
    const unjudged = log.decoded('dead-letters').find(({ questionId }) => questionId === 'set:unjudged')!
    const [record] = log.records('redrive')
    const { key, partition, value } = dismissal(unjudged, { by: 'ada', why: 'it is no question' })
    const dismissed = log.without('redrive', record!)
    dismissed.append('redrive', String(record!.key), log.codec.decode('redrive', record!.value))
    dismissed.append('redrive', key, value, partition)
    const report = await auditOf(dismissed)
    expect([report.faults, report.dismissed]).toEqual([[], 1])
    expect(report.waiting).toContainEqual({
      step: 'triage',
      id: 'set:unjudged@1',
      detail: 'waits for s7 (failed, dismissed)',
    })
    expect(formatReport(report)).toContain('1 dead letter dismissed: accounted for, and never tried again')
  })

  it('finds a dismissal of what never failed', async () => {
    const letter = { ...log.decoded('dead-letters')[0]!, deadLetterId: 'invented' }
    const { key, partition, value } = dismissal(letter, { by: 'ada', why: '' })
    const [record] = log.records('redrive')
    const forged = log.without('redrive', record!)
    forged.append('redrive', String(record!.key), log.codec.decode('redrive', record!.value))
    forged.append('redrive', key, value, partition)
    expect((await auditOf(forged)).faults).toMatchObject([{ step: 'redrive', kind: 'from nowhere' }])
  })

  it('balances where everything is as it should be', async () => {
    const { steps, faults, waiting } = await auditOf(log)
    expect(faults).toEqual([])
    expect(waiting.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      { step: 'triage', id: 'set:missing@1', detail: 'waits for s4 (failed)' },
      { step: 'triage', id: 'set:unjudged@1', detail: 'waits for s7 (failed)' },
    ])
    const questions = 17
    const toBeMended = log.decoded('ranked').reduce((sum, { chosen }) => sum + chosen.length, 0)
    const records = log.decoded('records').filter(({ kind }) => kind === 'record')
    const withdrawn = log.records('records').length - records.length
    expect(withdrawn).toBeGreaterThan(2)
    const scores = records.length + toBeMended + log.records('score-intake').length
    const controls = log.records('controls').length
    const uncontrolled = log.decoded('dead-letters').filter(({ step }) => step === 'control').length
    expect(uncontrolled).toBeGreaterThan(0)
    expect(toBeMended).toBeGreaterThan(4)
    expect(steps).toMatchObject({
      admit: { in: 22, out: 18, deadLetters: 2 },
      generate: { in: questions * 9, out: questions * 9 - 1, missing: 2, deadLetters: 2 },
      verify: { out: questions * 9 - 2, missing: 3, deadLetters: 1 },
      control: { in: controls, out: controls, deadLetters: uncontrolled, waiting: 0 },
      triage: { in: questions, out: questions - 2, waiting: 2 },
      refine: { in: 4, out: 6 },
      regenerate: { in: 4, out: 4 },
      summarize: { deadLetters: 2 },
      withdraw: { in: withdrawn, out: withdrawn },
      score: { in: scores, out: scores, deadLetters: 0, waiting: 0 },
    })
    for (const topic of TOPICS) expect(log.records(topic), topic).not.toHaveLength(0)
  })

  it('lets what is sampled and not scored wait, and misses nothing that nobody sampled', async () => {
    const [score] = log.records('scores')
    const { subjectId } = log.codec.decode('scores', score!.value)
    const lost = log.without('scores', score!)
    const { faults, waiting } = await auditOf(lost)
    expect(faults).toEqual([])
    expect(waiting.filter(({ step }) => step === 'score').map(({ id }) => id)).toEqual([subjectId])
    const { waiting: fewer, faults: none } = await auditOf(lost, { config: scoringConfig({ share: 0 }) })
    expect([none, fewer.filter(({ step }) => step === 'score')]).toEqual([[], []])
  })

  it.each([
    [{ overall: 1 }, /the mean \d.*not 1$/],
    [{ scorer: 'another' }, /it is not the id of another's score/],
    [{ writer: 'another' }, /it tells something else of/],
    [{ subjectId: 'another' }, /there is no (record|before) another to be scored/],
  ])('finds a score that says %j', async (change, detail) => {
    const [first] = log.decoded('scores')
    const changed = log.changed('scores', ({ scoreId }) => (scoreId === first?.scoreId ? change : null))
    const { faults } = await auditOf(changed)
    expect(faults).toContainEqual(
      expect.objectContaining({ step: 'score', id: first?.scoreId, detail: expect.stringMatching(detail) }),
    )
  })

  it('lets a control that is drawn and not there wait, and misses none where nobody controls', async () => {
    const [control] = log.records('controls')
    const { controlId } = log.codec.decode('controls', control!.value)
    const lost = log.without('controls', control!)
    const { faults, waiting } = await auditOf(lost)
    expect(faults).toEqual([])
    expect(waiting.filter(({ step }) => step === 'control').map(({ id }) => id)).toEqual([controlId])
    const { waiting: fewer } = await auditOf(lost, { config: scoringConfig() })
    expect(fewer.filter(({ step }) => step === 'control')).toEqual([])
  })

  it.each([
    [{ verifier: 'another' }, /it is not the id of another's control/],
    [{ drawnBy: 'another' }, /path another is not there/],
    [{ requestHash: 'unpaid' }, /control used this answer/],
  ])('finds a control that says %j', async (change, detail) => {
    const [first] = log.decoded('controls')
    const changed = log.changed('controls', ({ controlId }) =>
      controlId === first?.controlId ? change : null,
    )
    const { faults } = await auditOf(changed)
    expect(faults).toContainEqual(expect.objectContaining({ detail: expect.stringMatching(detail) }))
  })

  it('finds an item of a dataset that says something else than its id', async () => {
    const [first] = log.decoded('score-intake')
    const changed = log.changed('score-intake', ({ itemId }) =>
      itemId === first?.itemId ? { answer: 'Something else.' } : null,
    )
    const { faults } = await auditOf(changed)
    expect(faults).toMatchObject([{ step: 'score.datasets', kind: 'wrong', id: first?.itemId }])
  })

  it.each(TOPICS)('finds a record lost from %s', async (topic) => {
    for (const record of spread(log.records(topic)).filter((one) => !HARMLESS.lost(topic, one))) {
      await expectFound(topic, record, log.without(topic, record))
    }
  })

  it.each(TOPICS.filter((topic) => !['intake', 'triage-state'].includes(topic)))(
    'finds a record that stands twice in %s',
    async (topic) => {
      for (const record of spread(log.records(topic)).filter((one) => !HARMLESS.doubled(topic, one))) {
        await expectFound(topic, record, log.doubled(topic, record))
      }
    },
  )

  it.each(TOPICS)('finds a record of %s in another partition', async (topic) => {
    for (const record of spread(log.records(topic)).filter((one) => !HARMLESS.moved(topic, one))) {
      await expectFound(topic, record, log.moved(topic, record))
    }
  })
})
