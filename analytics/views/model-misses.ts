import { literals } from '../sql/tokens.ts'
import { UNSORTED_SETS } from './edition-key.ts'
import { DEFINITIONS, isCorrect, modelsOfQuestions } from './model-is-correct.ts'
import type { View } from './view.ts'

/** Which questions a model misses that all others get right: Table 10 of the ReasonMed paper. */
export const modelMisses: View = {
  name: 'model_misses',
  comment:
    'A row is a model: how many questions it missed that all the others had right, and had right that all the others missed (ReasonMed, Table 10). definition says when a model counts as right on a question: any, majority (more than half) or all of its paths are Correct.',
  select: `
SELECT
    edition,
    definition,
    one.model AS model,
    sum(each.questions) AS questions,
    sumIf(each.questions, NOT is_right AND right_ones = asked - 1) AS missed_alone,
    sumIf(each.questions, is_right AND right_ones = 1) AS right_alone,
    missed_alone / questions AS share_missed_alone
FROM (
    SELECT
        edition,
        definition,
        questions,
        length(models) AS asked,
        arrayJoin(models) AS one,
        ${isCorrect('one')} AS is_right,
        arrayCount(any_one -> ${isCorrect('any_one')}, models) AS right_ones
    FROM ${modelsOfQuestions}
    ARRAY JOIN ${literals(DEFINITIONS)} AS definition
) AS each
WHERE asked > 1
GROUP BY edition, definition, model
ORDER BY edition, definition, model
${UNSORTED_SETS}`,
}
