import type { View } from './view.ts'

/**
 * The verdicts of every edition that has verdicts of its own, where several have: with one there is nothing to compare,
 * and nothing to be read.
 */
const JUDGED = `(
        SELECT edition, path_key, toString(verifier) AS verifier, judgement, judge_verdict
        FROM verdicts
        WHERE kind = 'verdict' AND (SELECT uniqExact(owner) FROM edition_topics WHERE topic = 'verdicts') > 1
    )`

/** How far two verifiers say the same of the same paths. */
export const verifierAgreement: View = {
  name: 'verifier_agreement',
  comment:
    "A row is an edition and another one whose verifiers judged the same paths, for each pair of verifiers, once from either side. paths: those both have a verdict on; share_same: how many of these have the same final judgement, in which code has its say. compared: those on which both verifiers were asked; then how many both called Correct or Error, only this edition's verifier called Correct, only it called Error; share_agreed: on how many of the compared they agreed; kappa: Cohen's kappa, the agreement beyond what chance would give (1 complete, 0 chance; NULL where both said one and the same word throughout). Editions that share their verdicts are one: it has the name of the one that made them (see edition_topics).",
  select: `
SELECT
    side.1 AS edition,
    side.2 AS verifier,
    side.3 AS other,
    side.4 AS other_verifier,
    paths,
    same / paths AS share_same,
    both_correct + both_error + side.5 + side.6 AS compared,
    both_correct,
    both_error,
    side.5 AS only_correct,
    side.6 AS only_error,
    (both_correct + both_error) / nullIf(compared, 0) AS share_agreed,
    (compared * (both_correct + both_error) - ((both_correct + only_correct) * (both_correct + only_error)
        + (both_error + only_error) * (both_error + only_correct) AS expected)) / nullIf(compared * compared - expected, 0) AS kappa
FROM (
    SELECT
        one.edition AS first,
        two.edition AS second,
        one.verifier AS first_verifier,
        two.verifier AS second_verifier,
        count() AS paths,
        countIf(one.judgement = two.judgement) AS same,
        countIf(one.judge_verdict = 'Correct' AND two.judge_verdict = 'Correct') AS both_correct,
        countIf(one.judge_verdict = 'Error' AND two.judge_verdict = 'Error') AS both_error,
        countIf(one.judge_verdict = 'Correct' AND two.judge_verdict = 'Error') AS first_correct,
        countIf(one.judge_verdict = 'Error' AND two.judge_verdict = 'Correct') AS second_correct
    FROM ${JUDGED} AS one
    INNER JOIN ${JUDGED} AS two ON one.path_key = two.path_key
    WHERE one.edition < two.edition
    GROUP BY first, second, first_verifier, second_verifier
)
ARRAY JOIN [
    (toString(first), first_verifier, toString(second), second_verifier, first_correct, second_correct),
    (toString(second), second_verifier, toString(first), first_verifier, second_correct, first_correct)
] AS side
ORDER BY edition, other, verifier, other_verifier`,
}
