import { OUTCOMES } from '../tables/verdicts.ts'
import { editionKey, revisionKey, UNSORTED_SETS } from './edition-key.ts'
import { answersByOutcomes } from './question-outcomes.ts'
import { sharedRows, sharedSums } from './shared-rows.ts'
import type { View } from './view.ts'

/** Stands for a question's labels: to take these along through joins and groups of all questions costs as much as the rest. */
const LABELS_KEY = 'sipHash64(questions.labels)'

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
    answer.model AS model,
    sum(questions * answer.paths) AS paths,
    sum(questions * answer.correct) AS correct,
    paths - correct AS errors,
    correct / paths AS share_correct
FROM (
    SELECT
        edition,
        questions,
        answers,
        arrayConcat(
            [('source', toString(source)), ('options', toString(options))],
            if(tier = '', [], [('tier', toString(tier))]),
            arrayMap(label -> ('label', toString(label)), labels)
        ) AS dimensions
    FROM (
        SELECT edition, source, options, tier, labels_key, outcomes, count() AS questions
        FROM (
            SELECT shared.edition AS edition, ${editionKey('shared.edition', 'asked')} AS asked_key, source, outcomes
            FROM ${sharedSums(
              `
                SELECT edition, source, question_key + revision AS asked, ${OUTCOMES} AS outcomes
                FROM verdicts
                WHERE kind = 'verdict'
                GROUP BY edition, source, asked
            `,
              'verdicts',
            )}
        ) AS judged
        LEFT JOIN (
            SELECT ${revisionKey('shared.edition')} AS asked_key, length(options.label) AS options, ${LABELS_KEY} AS labels_key
            FROM ${sharedRows('questions', 'questions')}
        ) AS asked USING (asked_key)
        LEFT JOIN (
            SELECT ${revisionKey()} AS asked_key, triaged.tier AS tier FROM triaged
        ) AS sorted USING (asked_key)
        GROUP BY edition, source, options, tier, labels_key, outcomes
    ) AS alike
    LEFT JOIN (
        SELECT ${LABELS_KEY} AS labels_key, any(questions.labels) AS labels FROM questions GROUP BY labels_key
    ) AS labelled USING (labels_key)
    INNER JOIN ${answersByOutcomes} AS known USING (outcomes)
)
ARRAY JOIN dimensions AS known
ARRAY JOIN answers AS answer
GROUP BY edition, dimension, value, model
ORDER BY edition, dimension, value, model
${UNSORTED_SETS}`,
}
