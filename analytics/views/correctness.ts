import { sharedRows } from './shared-rows.ts'
import type { View } from './view.ts'

/** How good the sampled models are: Figure 4 of the ReasonMed paper. */
export const correctness: View = {
  name: 'correctness',
  comment:
    'A row is a model at a temperature: how many of its paths were judged, and how many of them Correct and Error (ReasonMed, Figure 4).',
  select: `
SELECT
    shared.edition AS edition,
    model,
    temperature,
    count() AS paths,
    countIf(judgement = 'Correct') AS correct,
    paths - correct AS errors,
    correct / paths AS share_correct,
    countIf(finish_reason = 'length') AS truncated,
    avg(completion_tokens) AS mean_completion_tokens
FROM ${sharedRows('verdicts', 'verdicts')}
WHERE kind = 'verdict'
GROUP BY edition, model, temperature
ORDER BY edition, model, temperature`,
}
