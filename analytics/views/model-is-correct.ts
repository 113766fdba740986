/**
 * When a model is right on a question of which it wrote several paths. The ReasonMed paper counts "questions
 * correctly answered by each model" (Figure 2, Tables 9 and 10) without saying how three paths become one; so all
 * three ways are counted, and `majority` is the one shown where only one is.
 */

import { revisionKey } from './edition-key.ts'
import { answersByOutcomes, questionOutcomes } from './question-outcomes.ts'

/** The ways. */
export const DEFINITIONS = ['any', 'majority', 'all'] as const

/** One of {@link DEFINITIONS}. */
export type Definition = (typeof DEFINITIONS)[number]

/** Whether the model of a tuple (model, paths, correct) is right, under the row's `definition`. */
export function isCorrect(tuple: string): string {
  return `multiIf(
        definition = 'any', ${tuple}.correct > 0,
        definition = 'all', ${tuple}.correct = ${tuple}.paths,
        ${tuple}.correct * 2 > ${tuple}.paths
    )`
}

/** Judged revisions before others of the same question, whatever of them there is; few, if any. */
const EARLIER = `(
            SELECT ${revisionKey('edition', 'arrayJoin(range(revision))')}
            FROM verdicts
            WHERE kind = 'verdict' AND revision > 1
        )`

/**
 * A subquery: `questions`, in their newest revision, of which the models made the same, and `models`, tuples
 * (model, paths, correct) in the models' order. To be used with UNSORTED_SETS.
 */
export const modelsOfQuestions = `(
    SELECT shared.edition AS edition, answers AS models, questions
    FROM (
        SELECT edition_key, outcomes, count() AS questions
        FROM ${questionOutcomes}
        WHERE judged_key NOT IN ${EARLIER}
        GROUP BY edition_key, outcomes
    ) AS alike
    INNER JOIN ${answersByOutcomes} AS known USING (outcomes)
    INNER JOIN (
        SELECT edition, sipHash64(owner) AS edition_key FROM edition_topics WHERE topic = 'verdicts'
    ) AS shared USING (edition_key)
)`
