import { lowerBound, pValue, standardDeviation, tTest, upperBound } from './student-t.ts'
import type { View } from './view.ts'

/** The scores of one side, by the path that both sides have in common. */
function side(name: string, condition: string): string {
  return `(
    SELECT edition, scorer, prompt_version, assumeNotNull(path_id) AS path, assumeNotNull(score) AS ${name}
    FROM scores
    WHERE path_id IS NOT NULL AND ${condition}
)`
}

/** What mending is good for: Table 2 of the ReasonMed paper. */
export const refinementGain: View = {
  name: 'refinement_gain',
  comment:
    'A row is what mending does for the scores of one scorer with one prompt: over the pairs of a chosen path and the record made of it, the mean before and after, and the mean of the differences with its standard deviation, its 95 % confidence interval and the two-sided p of a paired t test (ReasonMed, Table 2). The last four are NULL where there is but one pair, interval and p also where all differences are equal. Paths whose mending failed have no other side and do not count.',
  select: `
SELECT
    edition,
    scorer,
    prompt_version,
    pairs,
    mean_before,
    mean_after,
    mean_gain,
    standard_deviation,
    ${lowerBound('test')} AS gain_low,
    ${upperBound('test')} AS gain_high,
    ${pValue('test')} AS p
FROM (
    SELECT
        edition,
        scorer,
        prompt_version,
        count() AS pairs,
        avg(before) AS mean_before,
        avg(after) AS mean_after,
        avg(after - before) AS mean_gain,
        ${standardDeviation('after - before')} AS standard_deviation,
        ${tTest('after - before')} AS test
    FROM ${side('before', "subject = 'before'")} AS chosen
    INNER JOIN ${side('after', "subject = 'record' AND route = 'refined'")} AS mended
    USING (edition, scorer, prompt_version, path)
    GROUP BY edition, scorer, prompt_version
)
ORDER BY edition, scorer, prompt_version`,
}
