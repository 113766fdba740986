/**
 * What models made of a question, as one short array: a number a path, which says whose it is and whether it was
 * Correct. Questions are grouped by such arrays at once; names of models would take several times as long.
 */

/** To stand behind WITH: the models by name, whose places in the array are their numbers. */
export const MODEL_NAMES = '(SELECT arraySort(groupUniqArray(model)) FROM verdicts) AS model_names'

/** The number of a verdict's path: twice the place of its model, and one more if it was Correct. */
export const ANSWER_CODE = "toUInt32(2 * indexOf(model_names, model) + (judgement = 'Correct'))"

/** The models of such an array, in their order, as tuples (model, paths, correct). */
export function modelsOf(codes: string): string {
  return `arrayMap(
        place -> CAST(
            (
                model_names[place],
                countEqual(${codes}, 2 * place) + countEqual(${codes}, 2 * place + 1),
                countEqual(${codes}, 2 * place + 1)
            ),
            'Tuple(model String, paths UInt64, correct UInt64)'
        ),
        arraySort(arrayDistinct(arrayMap(code -> intDiv(code, 2), ${codes})))
    )`
}
