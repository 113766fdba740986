/**
 * The whole dataflow:
 *
 *   intake ─► admit ─► questions ─► generate, once a sampler ─► raw-paths ─► verify ─► verdicts ─► triage
 *
 *   triage ─► triaged-easy ───────► rank ─────────────────────► kept
 *          ─► triaged-medium ─────► rank ─► ranked ─► refine ─► kept | escalated
 *          ─► triaged-difficult, escalated ─► regenerate ─────► kept | unsolved
 *
 *   kept ─► summarize ─► records
 *   questions, records ─► withdraw, what was corrected or taken back ─► records
 *
 *   records, ranked ─► score, where a role scores ─► scores
 *   score-intake ────► score.datasets, likewise ───► scores
 *   raw-paths ───────► control, where the judge is controlled ─► controls
 */
import type { Config } from '../config/config.ts'
import type { AnyProcessor } from '../streams/processor.ts'
import { admit } from './admit.ts'
import { control } from './control.ts'
import { generate } from './generate.ts'
import { rank } from './rank.ts'
import { refine } from './refine.ts'
import { regenerate } from './regenerate.ts'
import { score } from './score.ts'
import { scoreDatasets } from './score-datasets.ts'
import { summarize } from './summarize.ts'
import { triage } from './triage.ts'
import { verify } from './verify.ts'
import { withdraw } from './withdraw.ts'

/** Every processor of a configuration, in the order of the dataflow; those plugged in come last. */
export function topology(config: Config): readonly AnyProcessor[] {
  const own = config.plugins.map(({ processor }) => processor)
  return [
    admit,
    ...config.samplers.map(generate),
    verify,
    ...(config.controls === null ? [] : [control]),
    triage,
    rank,
    refine,
    regenerate,
    summarize,
    withdraw,
    ...(config.roles.score === null ? [] : [score, scoreDatasets]),
    ...own,
  ]
}
