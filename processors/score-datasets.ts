/**
 * Scores the items of datasets from outside, each as it stands there, so that datasets can be compared. A step of its own
 * beside `score`, so that it can be run alone; asked and paid for by the same role.
 *
 * Stateless; in the topology only where a role scores. Failure: as in `score`.
 */
import { type ScoreAnswer, scoreShape } from '../prompts/score.ts'
import { contentId } from '../schemas/ids.ts'
import type { Score, ScoreItem } from '../schemas/types.ts'
import type { Processor } from '../streams/processor.ts'
import { gradesOf } from './grades.ts'
import { requestOf } from './request.ts'

/** The subject of such a score. */
export const DATASET_SUBJECT = 'dataset'

/** The id of an item: the same text in the same dataset is the same item. */
export function itemIdOf({ dataset, prompt, answer }: Omit<ScoreItem, 'itemId'>): string {
  return contentId('score-item', dataset, prompt, answer)
}

/** The id of a scorer's score of an item. */
export function itemScoreIdOf(itemId: string, scorer: string, promptHash: string): string {
  return contentId('score', DATASET_SUBJECT, itemId, scorer, promptHash)
}

/** Step `score.datasets`. */
export const scoreDatasets: Processor<'score-intake', 'scores'> = {
  kind: 'stateless',
  step: 'score.datasets',
  inputs: ['score-intake'],
  outputs: ['scores'],
  async process({ value: { itemId, dataset, prompt, answer } }, { ask, config }) {
    const role = config.roles.score
    if (role === null) return []
    const prompted = config.prompts.scoreItem
    const { value: graded, requestHashes } = await ask.structured<ScoreAnswer>({
      ...requestOf(role, itemId, prompted.render({ prompt, answer }), scoreDatasets.step),
      shapeName: 'score',
      shape: scoreShape,
    })
    const scorer = role.model.model
    const value: Score = {
      ...ABSENT,
      scoreId: itemScoreIdOf(itemId, scorer, prompted.hash),
      ...{ subject: DATASET_SUBJECT, subjectId: itemId, questionId: itemId, dataset },
      ...gradesOf(graded),
      scorer,
      promptVersion: prompted.promptVersion,
      requestHashes,
    }
    return [{ topic: 'scores', key: itemId, value }]
  },
}

/** What is said of the pipeline's own records alone. */
const ABSENT = { pathId: null, revision: 1, source: '', tier: '', route: '', writer: '' }
