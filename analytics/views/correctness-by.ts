import { sharedRows } from './shared-rows.ts'
import type { View } from './view.ts'

/** The same counts as in `correctness`, taken apart by what is known of the questions. */
export const correctnessBy: View = {
  name: 'correctness_by',
  comment:
    'A row is a model on the questions of one source, label, tier or number of options: dimension says which of these, value which one. A question with two labels counts in both.',
  select: `
SELECT
    edition,
    known.1 AS dimension,
    known.2 AS value,
    model,
    sum(paths) AS paths,
    sum(correct) AS correct,
    paths - correct AS errors,
    correct / paths AS share_correct
FROM (
    SELECT
        edition,
        model,
        paths,
        correct,
        arrayConcat(
            [('source', toString(source)), ('options', toString(options))],
            if(tier = '', [], [('tier', toString(tier))]),
            arrayMap(label -> ('label', toString(label)), labels)
        ) AS dimensions
    FROM model_answers
    LEFT JOIN (
        SELECT shared.edition AS edition, question_id, revision, length(options.label) AS options, labels
        FROM ${sharedRows('questions', 'questions')}
    ) AS asked USING (edition, question_id, revision)
    LEFT JOIN (
        SELECT edition, question_id, revision, triaged.tier AS tier FROM triaged
    ) AS sorted USING (edition, question_id, revision)
)
ARRAY JOIN dimensions AS known
GROUP BY edition, dimension, value, model
ORDER BY edition, dimension, value, model`,
}
