import { literals } from '../sql/tokens.ts'
import { lowerBound, standardDeviation, tTest, upperBound } from './student-t.ts'
import type { View } from './view.ts'

const ASPECTS = ['overall', 'clinical_accuracy', 'logic', 'factual_correctness', 'completeness']

/** How good datasets from outside are: Table 3 of the ReasonMed paper. */
export const datasetScores: View = {
  name: 'dataset_scores',
  comment:
    "A row is a dataset given to `ninefold score`, as one scorer with one prompt sees it, and an aspect (overall, the mean of the four criteria, or one of them): the number of its items that were scored, their mean, standard deviation, and the mean's 95 % confidence interval by Student's t (NULL for fewer than two scores, or where all are equal) (ReasonMed, Table 3).",
  select: `
SELECT
    edition,
    scorer,
    prompt_version,
    dataset,
    aspect,
    n,
    mean,
    standard_deviation,
    ${lowerBound('test')} AS mean_low,
    ${upperBound('test')} AS mean_high
FROM (
    SELECT
        edition,
        scorer,
        prompt_version,
        dataset,
        aspect,
        count() AS n,
        avg(value) AS mean,
        ${standardDeviation('value')} AS standard_deviation,
        ${tTest('value')} AS test
    FROM (
        SELECT
            edition,
            scorer,
            prompt_version,
            dataset,
            ${literals(ASPECTS)} AS aspects,
            [assumeNotNull(scores.score), clinical_accuracy, logic, factual_correctness, completeness] AS grades
        FROM scores
        WHERE subject = 'dataset'
    )
    ARRAY JOIN aspects AS aspect, grades AS value
    GROUP BY edition, scorer, prompt_version, dataset, aspect
)
ORDER BY edition, scorer, prompt_version, dataset, indexOf(${literals(ASPECTS)}, aspect)`,
}
