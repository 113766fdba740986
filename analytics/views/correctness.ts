import { sharedSums } from './shared-rows.ts'
import { verdictCounts } from './verdict-counts.ts'
import type { View } from './view.ts'

/** How good the sampled models are: Figure 4 of the ReasonMed paper. */
export const correctness: View = {
  name: 'correctness',
  comment:
    'A row is a model at a temperature: how many of its paths were judged, and how many of them Correct and Error (ReasonMed, Figure 4).',
  select: `
SELECT shared.edition AS edition, model, temperature, paths, correct, errors, share_correct, truncated, mean_completion_tokens
FROM ${sharedSums(
    `
    SELECT
        edition,
        model,
        temperature,
        sum(counted.paths) AS paths,
        sumIf(counted.paths, judgement = 'Correct') AS correct,
        paths - correct AS errors,
        correct / paths AS share_correct,
        sumIf(counted.paths, finish_reason = 'length') AS truncated,
        sum(tokens) / sum(paths_of_known_tokens) AS mean_completion_tokens
    FROM ${verdictCounts(['model', 'temperature', 'judgement', 'finish_reason'])} AS counted
    GROUP BY edition, model, temperature
`,
    'verdicts',
  )}
ORDER BY edition, model, temperature`,
}
