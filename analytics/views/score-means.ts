import { TIERS } from '../../schemas/topics.ts'
import { literals } from '../sql/tokens.ts'
import { lowerBound, standardDeviation, tTest, upperBound } from './student-t.ts'
import type { View } from './view.ts'

/** How good the chains of thought are: the ReasonMed paper's score evaluator (Table 3). */
export const scoreMeans: View = {
  name: 'score_means',
  comment:
    "A row is the scores of a subject (record, or before: a path that is yet to be mended) by one scorer with one prompt, for a tier and a source, * for all of them: their number, mean, standard deviation, and the mean's 95 % confidence interval by Student's t (NULL for fewer than two scores, or where all are equal); then the mean of each criterion (ReasonMed, Table 3). All are means of what was sampled: where tiers or sources are sampled by different shares, a row with * weighs them by these shares.",
  select: `
SELECT
    edition,
    subject,
    scorer,
    prompt_version,
    each_tier AS tier,
    each_source AS source,
    n,
    mean,
    standard_deviation,
    ${lowerBound('test')} AS mean_low,
    ${upperBound('test')} AS mean_high,
    clinical_accuracy,
    logic,
    factual_correctness,
    completeness
FROM (
    SELECT
        edition,
        subject,
        scorer,
        prompt_version,
        arrayJoin(['*', toString(tier)]) AS each_tier,
        arrayJoin(['*', toString(source)]) AS each_source,
        count() AS n,
        avg(assumeNotNull(scores.score)) AS mean,
        ${standardDeviation('assumeNotNull(scores.score)')} AS standard_deviation,
        ${tTest('assumeNotNull(scores.score)')} AS test,
        avg(scores.clinical_accuracy) AS clinical_accuracy,
        avg(scores.logic) AS logic,
        avg(scores.factual_correctness) AS factual_correctness,
        avg(scores.completeness) AS completeness
    FROM scores
    WHERE subject IN ('record', 'before')
    GROUP BY edition, subject, scorer, prompt_version, each_tier, each_source
)
ORDER BY edition, subject, scorer, prompt_version, indexOf(${literals(['*', ...TIERS])}, tier), source`,
}
