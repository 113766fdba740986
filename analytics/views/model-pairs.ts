import { literals } from '../sql/tokens.ts'
import { UNSORTED_SETS } from './edition-key.ts'
import { DEFINITIONS, isCorrect, modelsOfQuestions } from './model-is-correct.ts'
import type { View } from './view.ts'

/** Which questions one model gets right and another does not: Figure 2 and Table 9 of the ReasonMed paper. */
export const modelPairs: View = {
  name: 'model_pairs',
  comment:
    "A row is two models: on how many questions only the first was right, only the second, both, or neither (ReasonMed, Figure 2 and Table 9; the counts follow the table's headings). definition says when a model counts as right on a question: any, majority (more than half) or all of its paths are Correct.",
  select: `
SELECT
    edition,
    definition,
    pair.1.model AS model,
    pair.2.model AS other,
    sum(each.questions) AS questions,
    sumIf(each.questions, first AND NOT second) AS only_model,
    sumIf(each.questions, second AND NOT first) AS only_other,
    sumIf(each.questions, first AND second) AS both,
    sumIf(each.questions, NOT first AND NOT second) AS neither
FROM (
    SELECT edition, definition, questions, pair, ${isCorrect('pair.1')} AS first, ${isCorrect('pair.2')} AS second
    FROM (
        SELECT
            edition,
            questions,
            arrayJoin(arrayFlatten(arrayMap(
                (one, at) -> arrayMap(another -> (one, another), arraySlice(models, at + 1)),
                models,
                arrayEnumerate(models)
            ))) AS pair
        FROM ${modelsOfQuestions}
    )
    ARRAY JOIN ${literals(DEFINITIONS)} AS definition
) AS each
GROUP BY edition, definition, model, other
ORDER BY edition, definition, model, other
${UNSORTED_SETS}`,
}
