/**
 * What models made of questions, by a number that questions with the same outcomes share: millions of verdicts are as
 * few as the ways in which they may fall, and only one question of each has to be looked at.
 */
import { OUTCOMES } from '../tables/verdicts.ts'
import { revisionKey } from './edition-key.ts'

/** A subquery: the outcomes of every judged question and revision, by `judged_key`, from sums the table keeps. */
export const questionOutcomes = `(
            SELECT ${revisionKey()} AS judged_key, ${OUTCOMES} AS outcomes, max(sipHash64(edition)) AS edition_key
            FROM verdicts
            WHERE kind = 'verdict'
            GROUP BY judged_key
        )`

/** A subquery: by `outcomes`, what models made of such a question: tuples (model, paths, correct), by model. */
export const answersByOutcomes = `(
    SELECT outcomes, any(answers) AS answers
    FROM (
        SELECT
            sum(of_model) AS outcomes,
            arraySort(groupArray(CAST((model, paths, correct), 'Tuple(model String, paths UInt64, correct UInt64)'))) AS answers
        FROM (
            SELECT
                ${revisionKey()} AS judged_key,
                model,
                count() AS paths,
                countIf(judgement = 'Correct') AS correct,
                ${OUTCOMES} AS of_model
            FROM verdicts
            WHERE kind = 'verdict' AND judged_key IN (SELECT any(judged_key) FROM ${questionOutcomes} GROUP BY outcomes)
            GROUP BY judged_key, model
        )
        GROUP BY judged_key
    )
    GROUP BY outcomes
)`
