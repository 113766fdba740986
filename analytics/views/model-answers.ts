import { sharedRows } from './shared-rows.ts'
import type { View } from './view.ts'

/** What each model made of each question. */
export const modelAnswers: View = {
  name: 'model_answers',
  comment:
    'A row is a question and a model that answered it: how many of its paths were judged, and how many of them Correct.',
  select: `
SELECT
    shared.edition AS edition,
    question_id,
    revision,
    any(source) AS source,
    model,
    count() AS paths,
    countIf(judgement = 'Correct') AS correct
FROM ${sharedRows('verdicts', 'verdicts')}
WHERE kind = 'verdict'
GROUP BY edition, question_id, revision, model`,
}
