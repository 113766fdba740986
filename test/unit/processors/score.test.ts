import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Config } from '../../../config/config.ts'
import { rank } from '../../../processors/rank.ts'
import { refine } from '../../../processors/refine.ts'
import { score, scoreIdOf } from '../../../processors/score.ts'
import { summarize } from '../../../processors/summarize.ts'
import { topology } from '../../../processors/topology.ts'
import { OUR_PROMPTS } from '../../../prompts/prompts.ts'
import type { Ranked, Score, TrainingRecord } from '../../../schemas/types.ts'
import { TopologyDriver } from '../../../streams/testing/topology-driver.ts'
import { FakeAsk, promptText, reasoned, scoring } from '../../support/fake-ask.ts'
import { config, question, scoringConfig, triaged } from '../../support/records.ts'

/** From triage to the scores. */
async function run(
  settings: Config,
  ask: FakeAsk,
  ...questions: ReturnType<typeof triaged>[]
): Promise<TopologyDriver> {
  const processors = [rank, refine, summarize, score]
  const driver = new TopologyDriver({ config: settings, processors, ask })
  for (const one of questions) driver.pipe(one.tier === 'easy' ? 'triaged-easy' : 'triaged-medium', one)
  await driver.settle()
  return driver
}

const medium = (id: string) => triaged(3, 'medium', question({ questionId: id }))
const easy = (id: string) => triaged(5, 'easy', question({ questionId: id }))
const byPath = (scores: readonly Score[], subject: string) =>
  new Map(scores.filter((one) => one.subject === subject).map((one) => [one.pathId, one]))

describe('score', () => {
  it('is in the topology where a role scores, and only there', () => {
    const has = (settings: Config) => topology(settings).some(({ step }) => step === 'score')
    expect([has(config()), has(scoringConfig())]).toEqual([false, true])
  })

  it('scores a record, with the mean of its criteria computed by code', async () => {
    const ask = new FakeAsk({ score: () => scoring(9, 8, 6, 10) })
    const driver = await run(scoringConfig(), ask, easy('set:1'))
    const records = driver.read('records')
    const scores = driver.read('scores')
    expect(scores).toHaveLength(2)
    const [record] = records
    const found = scores.find(({ subjectId }) => subjectId === record?.recordId)
    expect(found).toMatchObject({
      scoreId: scoreIdOf('record', record?.recordId ?? '', 'score-model', OUR_PROMPTS.score.hash),
      subject: 'record',
      pathId: record?.pathIds[0],
      questionId: 'set:1',
      revision: 1,
      source: 'set',
      tier: 'easy',
      route: 'ranked',
      writer: record?.writer,
      clinicalAccuracy: 9,
      clinicalAccuracyReason: 'Because of clinicalAccuracy.',
      logic: 8,
      factualCorrectness: 6,
      completeness: 10,
      completenessReason: 'Because of completeness.',
      overall: 8.25,
      scorer: 'score-model',
      promptVersion: 'score@1',
    })
    expect(found?.requestHashes).toHaveLength(1)
    expect(ask.of('score').map(promptText).join()).toContain(record?.cot.slice(0, 80))
    for (const { key } of driver.records('scores')) expect(String(key)).toBe('set:1')
  })

  it('scores a mended path on both sides, which meet by the path', async () => {
    const mended = `Mended. ${reasoned('A')}`
    const ask = new FakeAsk({
      refine: () => mended,
      score: (request) =>
        promptText(request).includes('Mended.') ? scoring(9, 9, 9, 9) : scoring(6, 6, 6, 6),
    })
    const scores = (await run(scoringConfig(), ask, medium('set:1'))).read('scores')
    const [before, after] = [byPath(scores, 'before'), byPath(scores, 'record')]
    expect(before.size).toBe(2)
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort())
    for (const one of before.values())
      expect(one).toMatchObject({ overall: 6, route: '', subjectId: one.pathId })
    for (const one of after.values()) expect(one).toMatchObject({ overall: 9, route: 'refined' })
  })

  it('leaves paths before their mending alone where pairs are not wanted', async () => {
    const driver = await run(scoringConfig({ pairs: false }), new FakeAsk(), medium('set:1'))
    expect(driver.read('scores').map(({ subject }) => subject)).toEqual(['record', 'record'])
  })

  it('scores nothing of what is withdrawn, and asks nobody about what is not in the sample', async () => {
    const ask = new FakeAsk()
    const driver = await run(scoringConfig({ share: 0 }), ask, easy('set:1'), medium('set:2'))
    expect(driver.read('records')).toHaveLength(4)
    const [record] = driver.read('records') as [TrainingRecord]
    const input = { topic: 'records' as const, value: { ...record, kind: 'withdrawn' } }
    expect(await score.process(input, { config: scoringConfig(), ask })).toEqual([])
    expect(driver.read('scores')).toEqual([])
    expect(ask.of('score')).toEqual([])
  })

  it('makes a dead letter of an answer that is no score, and goes on', async () => {
    const ask = new FakeAsk({
      score: ({ questionId }) => (questionId === 'set:1' ? scoring(11, 5, 5, 5) : scoring(5, 5, 5, 5)),
    })
    const driver = await run(scoringConfig(), ask, easy('set:1'), easy('set:2'))
    expect(driver.read('dead-letters')).toMatchObject([
      { step: 'score', class: 'malformed-answer', questionId: 'set:1' },
      { step: 'score', class: 'malformed-answer', questionId: 'set:1' },
    ])
    expect(driver.read('scores').map(({ questionId }) => questionId)).toEqual(['set:2', 'set:2'])
  })

  it('changes no record: they are the same whether they are scored or not', async () => {
    const [scored, plain] = await Promise.all(
      [scoringConfig(), config()].map((settings) => run(settings, new FakeAsk(), easy('set:1'))),
    )
    expect(scored?.read('records')).toEqual(plain?.read('records'))
  })

  it('draws both sides of a pair or neither, in whatever order they come', async () => {
    const ids = fc.uniqueArray(fc.nat(10_000), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(
        ids,
        fc.double({ min: 0.2, max: 0.8, noNaN: true }),
        fc.nat(),
        async (all, share, seed) => {
          const settings = scoringConfig({ share, seed })
          const forth = await run(settings, new FakeAsk(), ...all.map((id) => medium(`set:${id}`)))
          const scores = forth.read('scores')
          const [before, after] = [byPath(scores, 'before'), byPath(scores, 'record')]
          expect([...after.keys()].sort()).toEqual([...before.keys()].sort())
          expect(scores).toHaveLength(before.size + after.size)
          const back = await run(
            settings,
            new FakeAsk(),
            ...all.toReversed().map((id) => medium(`set:${id}`)),
          )
          const named = (driver: TopologyDriver) =>
            driver
              .read('scores')
              .map(({ scoreId }) => scoreId)
              .sort()
          expect(named(back)).toEqual(named(forth))
        },
      ),
      { numRuns: 15 },
    )
  })

  it('knows no path of a ranking that chose none', async () => {
    const value = { ...(await rankedOf()), chosen: [], chosenVerdictIds: [] }
    const input = { topic: 'ranked' as const, value }
    expect(await score.process(input, { config: scoringConfig(), ask: new FakeAsk() })).toEqual([])
  })
})

async function rankedOf(): Promise<Ranked> {
  const input = { topic: 'triaged-medium' as const, value: medium('set:1') }
  const [emission] = await rank.process(input, { config: config(), ask: new FakeAsk() })
  return emission?.value as Ranked
}
