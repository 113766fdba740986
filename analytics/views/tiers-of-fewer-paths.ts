/**
 * What triage would have made of fewer paths a question, from the verdicts there are. Of n judged paths with e errors,
 * k drawn without looking hold x errors in C(e, x) C(n - e, k - x) / C(n, k) of all cases (the hypergeometric
 * distribution); so the counts are expectations over all choices of k samplers, exact, and no verdict is asked for anew.
 */
import { isNewestIn } from './newest-revision.ts'

/** ln C(n, k). */
function lnChoose(n: string, k: string): string {
  return `(lgamma(${n} + 1) - lgamma(${k} + 1) - lgamma(${n} - ${k} + 1))`
}

/** How many questions of each edition had so many errors among so many judged paths, in their newest revision. */
const questionsByErrors = `(
    SELECT edition, expected AS judged, triaged.errors AS wrong, count() AS questions
    FROM triaged
    WHERE ${isNewestIn('triaged')}
    GROUP BY edition, judged, wrong
)`

/**
 * A subquery: edition, paths, easy_max_errors, medium_max_errors, and the questions expected in each tier.
 * @param paths an expression for the array of numbers of paths to try
 * @param easy, medium the highest numbers of errors of the tiers, with `paths`, `most`, `easy_set` and `medium_set`
 *   (the edition's number of paths and own limits) at hand
 */
export function tiersOfFewerPaths(paths: string, easy: string, medium: string): string {
  return `(
    SELECT
        edition,
        paths,
        any(${easy}) AS easy_max_errors,
        any(${medium}) AS medium_max_errors,
        sumIf(questions * share, errors <= ${easy}) AS easy,
        sumIf(questions * share, errors > ${easy} AND errors <= ${medium}) AS medium,
        sumIf(questions * share, errors > ${medium}) AS difficult
    FROM (
        SELECT
            edition,
            paths,
            errors,
            questions,
            most,
            easy_set,
            medium_set,
            exp(${lnChoose('wrong', 'errors')} + ${lnChoose('(judged - wrong)', '(paths - errors)')} - ${lnChoose('judged', 'paths')}) AS share
        FROM (
            SELECT *, toInt64(arrayJoin(range(toUInt64(greatest(0, paths - (judged - wrong))), toUInt64(least(wrong, paths)) + 1))) AS errors
            FROM (
                SELECT edition, toInt64(judged) AS judged, toInt64(wrong) AS wrong, questions, toInt64(arrayJoin(${paths})) AS paths
                FROM ${questionsByErrors}
            )
            WHERE paths <= judged
        ) AS drawn
        INNER JOIN (
            SELECT
                edition,
                toInt64(max(expected)) AS most,
                any(JSONExtractInt(config, 'triage', 'easyMaxErrors')) AS easy_set,
                any(JSONExtractInt(config, 'triage', 'mediumMaxErrors')) AS medium_set
            FROM triaged INNER JOIN editions USING (edition)
            GROUP BY edition
        ) AS settings USING (edition)
    )
    GROUP BY edition, paths
)`
}
