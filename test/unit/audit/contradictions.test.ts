import { beforeAll, describe, expect, it } from 'vitest'
import type { AuditReport } from '../../../audit/audit.ts'
import { formatReport } from '../../../audit/report.ts'
import type { TopicName, TopicRecords } from '../../../schemas/topics.ts'
import { config } from '../../support/records.ts'
import { TopicLog } from '../../support/topic-log.ts'
import { auditOf, CONFIG, consistentLog } from './audited-log.ts'

let log: TopicLog

beforeAll(async () => {
  log = await consistentLog()
})

function faultsOf({ faults }: AuditReport): string[] {
  return faults.map(({ step, kind, id, detail }) => `${step}: ${kind}: ${id}: ${detail}`)
}

/** The log with a topic's records of one question changed. */
function changed<T extends TopicName>(
  topic: T,
  questionId: string,
  change: (record: TopicRecords[T]) => Partial<TopicRecords[T]> | null,
): TopicLog {
  return log.changed(topic, (record) => {
    const { question = record } = record as { question?: unknown }
    return (question as { questionId: string }).questionId === questionId ? change(record) : null
  })
}

/** A training record, or what is kept, that comes from elsewhere, by what is wrong with it. */
const FORGED: readonly [string, () => TopicLog, RegExp][] = [
  [
    'a tier that its verdicts do not make',
    () => changed('triaged-medium', 'set:medium', () => ({ tier: 'easy' })),
    /triage: wrong: .*6 errors are medium; it says easy/,
  ],
  [
    'errors that its verdicts do not make',
    () => changed('triaged-medium', 'set:medium', () => ({ errors: 5 })),
    /triage: wrong: .*make 6 errors, it says 5/,
  ],
  [
    'a path triaged as right that was judged wrong',
    () =>
      changed('verdicts', 'set:nearly', (one) =>
        one.judgement === 'Correct' ? { judgement: 'Error' } : null,
      ),
    /triage: wrong: .*set:nearly@1: no verdict .* says Correct/,
  ],
  [
    'a verdict on another path',
    () =>
      changed('verdicts', 'set:easy', (one) => (one.samplerId === 'sampler-03' ? { pathId: 'other' } : null)),
    /verify: wrong: .*path other is not that of set:easy@1/,
  ],
  [
    'a path under a wrong id',
    () =>
      changed('raw-paths', 'set:easy', (one) =>
        one.samplerId === 'sampler-03' ? { pathId: 'other' } : null,
      ),
    /generate: wrong: other/,
  ],
  [
    'a question that says something else than was admitted',
    () =>
      changed('raw-paths', 'set:easy', ({ question }) => ({ question: { ...question, contentHash: 'x' } })),
    /generate: wrong: .*says other things than set:easy@1/,
  ],
  [
    'a path kept that nobody judged Correct',
    () => changed('kept', 'set:easy', () => ({ pathIds: ['elsewhere'] })),
    /rank: wrong: .*no verdict says that its path elsewhere is Correct/,
  ],
  [
    'a path kept although it did not pass',
    () =>
      changed('kept', 'set:medium', ({ attempt }) => ({ attempt: attempt && { ...attempt, passed: false } })),
    /refine: wrong: .*its attempt has not passed/,
  ],
  [
    'a route that leads nowhere',
    () => changed('kept', 'set:easy', () => ({ route: 'bought' })),
    /rank: wrong: .*there is no route bought/,
  ],
  [
    'a record with another chain of thought than was kept',
    () => changed('records', 'set:easy', () => ({ cot: 'Something else.' })),
    /summarize: wrong: .*another ancestry/,
  ],
  [
    'a record with another ancestry than was kept',
    () => changed('records', 'set:difficult', () => ({ attemptId: 'another' })),
    /summarize: wrong: .*another ancestry/,
  ],
  [
    'a record of another edition',
    () => changed('records', 'set:easy', () => ({ edition: 'another' })),
    /summarize: wrong: .*not the id of the record/,
  ],
  [
    'a ranking that chose a path nobody judged Correct',
    () => changed('ranked', 'set:medium', () => ({ chosenVerdictIds: ['none', 'none'] })),
    /rank: wrong: .*which no verdict says is Correct/,
  ],
  [
    'an escalation without its attempts',
    () => changed('escalated', 'set:escalated', () => ({ attempts: [] })),
    /refine: wrong: .*0 attempts, 0 passed; 2 were to be mended/,
  ],
  [
    'an unsolved question without its attempts',
    () => changed('unsolved', 'set:unsolved', () => ({ attempts: [] })),
    /regenerate: wrong: .*its id is not that of its attempts/,
  ],
  [
    'a state that says another tier',
    () => log.changed('triage-state', ({ tier }) => (tier === 'medium' ? { tier: 'easy' } : null)),
    /triage: absent: set:medium@1: triage-state says easy, and it was sent to medium/,
  ],
  [
    'a payment under another number',
    () => log.changed('completions', ({ sequence }) => (sequence === 3 ? { sequence: 300 } : null)),
    /ask: wrong: main-machine-0\/3: it is entry 300/,
  ],
]

describe('what contradicts itself', () => {
  it.each(FORGED)('finds %s', async (_what, forge, fault) => {
    expect(faultsOf(await auditOf(forge()))).toContainEqual(expect.stringMatching(fault))
  })

  it('finds an answer paid for twice, and a gap in a journal', async () => {
    const again = await appended('completions', 'set:easy', (paid) => ({
      ...paid,
      paymentId: 'main-machine-1/1',
      journal: 'main-machine-1',
      sequence: 1,
    }))
    const faults = faultsOf(await auditOf(again))
    expect(faults).toHaveLength(2)
    expect(faults[0]).toMatch(
      /^ask: paid twice: main-machine-1\/1: request [0-9a-f]{32} had been answered before/,
    )
    expect(faults[1]).toMatch(/^ask: absent: main-machine-1\/0/)
  })

  it('counts, and blames nobody for, an answer that came to two machines', async () => {
    const moved = await appended('completions', 'set:easy', (paid) => ({
      ...paid,
      paymentId: 'main-another-0/0',
      journal: 'main-another-0',
      sequence: 0,
    }))
    const report = await auditOf(moved)
    expect(faultsOf(report)).toEqual([])
    expect(report.paidElsewhere).toBe(1)
  })

  it('finds a question admitted in a revision that follows none', async () => {
    const later = await appended('questions', 'set:easy', (one) => ({
      ...one,
      revision: 3,
      contentHash: 'new',
    }))
    expect(faultsOf(await auditOf(later))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^admit: from nowhere: set:easy@3/),
        expect.stringMatching(/^admit: absent: set:easy@2: set:easy@3 follows it/),
      ]),
    )
  })

  it('finds paths of a sampler that is not configured, unless they are shared with another edition', async () => {
    const fewer = config({ samplers: CONFIG.samplers.slice(1) })
    const own = await auditOf(log, { config: fewer })
    expect(faultsOf(own)).toContainEqual(
      expect.stringMatching(/generate: from nowhere: .*no sampler sampler-01/),
    )
    const shared = await auditOf(log, { config: fewer }, { shared: new Set(['raw-paths', 'verdicts']) })
    expect(shared.faults.filter(({ step }) => step === 'generate' || step === 'verify')).toEqual([])
  })

  it('finds a record that cannot be read', async () => {
    const source = log.source()
    const readTopic = async function* (topic: string) {
      yield* source.readTopic(topic)
      if (topic === source.fullName('kept')) {
        yield { partition: 5, offset: 99, key: null, value: Buffer.from('nonsense') }
      }
    }
    const faults = faultsOf(await auditOf(log, {}, { readTopic }))
    expect(faults).toEqual([expect.stringMatching(/^rank: undecodable: kept\/5\/99/)])
  })

  /** The log with a changed copy of a question's first record of a topic. */
  async function appended<T extends TopicName>(
    topic: T,
    questionId: string,
    change: (record: TopicRecords[T]) => TopicRecords[T],
  ): Promise<TopicLog> {
    const other = log.changed(topic, () => null)
    const first = other
      .decoded(topic)
      .find((record) => (record as { questionId?: string }).questionId === questionId)
    other.append(topic, questionId, change(first as TopicRecords[T]))
    return other
  }
})

describe('a pipeline that runs', () => {
  it('waits for what is not there yet, and still finds what is there twice', async () => {
    const [record] = log.records('records')
    const { recordId } = log.codec.decode('records', record!.value)
    const score = log
      .records('scores')
      .find(({ value }) => log.codec.decode('scores', value).subjectId === recordId)
    const lost = log.without('records', record!).without('scores', score!)
    expect(await auditOf(lost)).toMatchObject({ faultCount: 1, waitingCount: 2 })
    expect(await auditOf(lost, { running: true })).toMatchObject({ faultCount: 0, waitingCount: 3 })
    const twice = log.doubled('records', record!)
    expect(await auditOf(twice, { running: true })).toMatchObject({ faultCount: 1, waitingCount: 2 })
  })

  it('counts a question that waits once, though triage has not noted it either', async () => {
    const state = log.records('triage-state').findLast(({ key }) => String(key) === 'set:missing@1')
    const unnoted = log
      .records('triage-state')
      .filter(({ key }) => String(key) === String(state?.key))
      .reduce((rest, record) => rest.without('triage-state', record), log)
    expect(await auditOf(unnoted)).toMatchObject({ faultCount: 1, waitingCount: 2 })
    expect(await auditOf(unnoted, { running: true })).toMatchObject({ faultCount: 0, waitingCount: 2 })
  })

  it('has everything to wait for in the beginning', async () => {
    const loaded = new TopicLog()
    for (const intake of log.decoded('intake')) loaded.append('intake', `set:${intake.id}`, intake)
    const report = await auditOf(loaded, { running: true })
    expect(report.faults).toEqual([])
    expect(report.steps.admit).toMatchObject({ in: 22, out: 0 })
    expect(report.waitingCount).toBeGreaterThanOrEqual(17)
  })
})

describe('answers paid for elsewhere', () => {
  it('are found with the base, or else with other pipelines', async () => {
    const empty = new TopicLog()
    const name = log.source().fullName('completions')
    const readTopic = (topic: string) =>
      topic === name
        ? empty.source().readTopic(topic)
        : log.source().readTopic(topic === 'other' ? name : topic)
    const lost = await auditOf(log, {}, { readTopic })
    expect(lost.faults.every(({ step, kind }) => step === 'ask' && kind === 'absent')).toBe(true)
    expect(lost.faultCount).toBeGreaterThan(300)
    const base = { completions: 'other', deadLetters: 'none' }
    expect(await auditOf(log, {}, { readTopic, base })).toMatchObject({ faultCount: 0 })
    expect(await auditOf(log, {}, { readTopic, foreignCompletions: ['other'] })).toMatchObject({
      faultCount: 0,
    })
  })
})

describe('the report', () => {
  it('ends with the verdict, and says how much it does not list', async () => {
    expect(
      formatReport(await auditOf(log))
        .split('\n')
        .at(-1),
    ).toBe('audit balances')
    const lost = log.changed('records', () => ({ edition: 'another' }))
    const report = await auditOf(lost, { limit: 2 })
    const lines = formatReport(report).split('\n')
    expect(lines.at(-1)).toBe(`audit found ${report.faultCount} faults`)
    expect(lines).toContain(`  and ${report.faultCount - 2} more (--json lists all)`)
    expect(report.faults).toHaveLength(2)
    expect(report.steps.summarize?.faults).toBe(report.faultCount)
  })
})
