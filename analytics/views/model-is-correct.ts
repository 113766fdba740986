/**
 * When a model is right on a question of which it wrote several paths. The ReasonMed paper counts "questions
 * correctly answered by each model" (Figure 2, Tables 9 and 10) without saying how three paths become one; so all
 * three ways are counted, and `majority` is the one shown where only one is.
 */

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

/** A row a question, in its newest revision: `models`, tuples (model, paths, correct) in the models' order. */
export const modelsOfQuestions = `(
    SELECT edition, arraySort(arrayFilter(answer -> answer.revision = newest, answers)) AS models
    FROM (
        SELECT
            edition,
            max(revision) AS newest,
            groupArray(CAST(
                (model, paths, correct, revision),
                'Tuple(model String, paths UInt64, correct UInt64, revision UInt32)'
            )) AS answers
        FROM model_answers
        GROUP BY edition, question_id
    )
)`
