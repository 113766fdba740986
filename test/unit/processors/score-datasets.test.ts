import { describe, expect, it } from 'vitest'
import { itemIdOf, itemScoreIdOf, scoreDatasets } from '../../../processors/score-datasets.ts'
import { topology } from '../../../processors/topology.ts'
import { OUR_PROMPTS } from '../../../prompts/prompts.ts'
import type { Score } from '../../../schemas/types.ts'
import { FakeAsk, promptText, scoring } from '../../support/fake-ask.ts'
import { config, scoringConfig } from '../../support/records.ts'

const content = { dataset: 'theirs', prompt: 'Which?', answer: 'The first.' }
const item = { itemId: itemIdOf(content), ...content }

async function scored(ask = new FakeAsk(), settings = scoringConfig()): Promise<Score[]> {
  const emissions = await scoreDatasets.process(
    { topic: 'score-intake', value: item },
    { config: settings, ask },
  )
  return emissions.map(({ topic, key, value }) => {
    expect([topic, key]).toEqual(['scores', item.itemId])
    return value
  })
}

describe('score.datasets', () => {
  it('is in the topology where a role scores, and only there', () => {
    const has = (settings = config()) => topology(settings).some(({ step }) => step === scoreDatasets.step)
    expect([has(), has(scoringConfig())]).toEqual([false, true])
  })

  it('scores an item under its own id, with the mean of its criteria computed by code', async () => {
    const [score] = await scored(new FakeAsk({ score: () => scoring(9, 8, 6, 10) }))
    expect(score).toMatchObject({
      ...{
        scoreId: itemScoreIdOf(item.itemId, 'score-model', OUR_PROMPTS.scoreItem.hash),
        subject: 'dataset',
        subjectId: item.itemId,
      },
      ...{ dataset: 'theirs', questionId: item.itemId, clinicalAccuracy: 9, logic: 8, factualCorrectness: 6 },
      ...{ completeness: 10, overall: 8.25, scorer: 'score-model', promptVersion: 'score-item@1' },
      ...{ tier: '', route: '', writer: '', source: '', pathId: null },
    })
  })

  it('shows question and answer, and not whose they are', async () => {
    const ask = new FakeAsk()
    await scored(ask)
    const shown = promptText(ask.requests[0]!)
    expect([shown.includes('Which?'), shown.includes('The first.')]).toEqual([true, true])
    expect(shown).not.toContain('theirs')
    expect(ask.requests[0]?.step).toBe('score.datasets')
  })

  it('asks the same of equal texts in several datasets, which are items of their own', async () => {
    const other = { ...content, dataset: 'others' }
    expect(itemIdOf(other)).not.toBe(item.itemId)
    const ask = new FakeAsk()
    const value = { itemId: itemIdOf(other), ...other }
    const context = { config: scoringConfig(), ask }
    await scored(ask)
    await scoreDatasets.process({ topic: 'score-intake', value }, context)
    expect(ask.requests[0]?.messages).toEqual(ask.requests[1]?.messages)
  })
})
