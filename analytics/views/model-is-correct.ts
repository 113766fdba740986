/**
 * When a model is right on a question of which it wrote several paths. The ReasonMed paper counts "questions
 * correctly answered by each model" (Figure 2, Tables 9 and 10) without saying how three paths become one; so all
 * three ways are counted, and `majority` is the one shown where only one is.
 */

import { ANSWER_CODE, modelsOf } from './answer-codes.ts'
import { sharedSums } from './shared-rows.ts'

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

/** Where a path's revision stands above its code, bits. */
const REVISION_BITS = 32

/**
 * A subquery: `questions`, in their newest revision, of which the models made the same, and `models`, tuples
 * (model, paths, correct) in the models' order. It needs MODEL_NAMES.
 */
export const modelsOfQuestions = `(
    SELECT shared.edition AS edition, ${modelsOf('codes')} AS models, questions
    FROM ${sharedSums(
      `
        SELECT edition, codes, count() AS questions
        FROM (
            SELECT
                edition,
                groupArray(bitShiftLeft(toUInt64(revision), ${REVISION_BITS}) + ${ANSWER_CODE}) AS answers,
                bitShiftRight(arrayMax(answers), ${REVISION_BITS}) AS newest,
                arraySort(arrayMap(
                    answer -> toUInt32(answer),
                    arrayFilter(answer -> bitShiftRight(answer, ${REVISION_BITS}) = newest, answers)
                )) AS codes
            FROM verdicts
            WHERE kind = 'verdict'
            GROUP BY edition, question_key
        )
        GROUP BY edition, codes
    `,
      'verdicts',
    )}
)`
