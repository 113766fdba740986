/** The report's sections, in their order. */
import type { Section } from './section.ts'
import { correctness } from './sections/correctness.ts'
import { correctnessBy } from './sections/correctness-by.ts'
import { costPerRecord } from './sections/cost-per-record.ts'
import { costs } from './sections/costs.ts'
import { costsByTier } from './sections/costs-by-tier.ts'
import { datasets } from './sections/datasets.ts'
import { endpoints } from './sections/endpoints.ts'
import { fewerPaths } from './sections/fewer-paths.ts'
import { judge } from './sections/judge.ts'
import { judgeControls } from './sections/judge-controls.ts'
import { modelMisses } from './sections/model-misses.ts'
import { modelPairs } from './sections/model-pairs.ts'
import { projection } from './sections/projection.ts'
import { refinement } from './sections/refinement.ts'
import { spending } from './sections/spending.ts'
import { strongModel } from './sections/strong-model.ts'
import { tiers } from './sections/tiers.ts'
import { topTwo } from './sections/top-two.ts'
import { verifiers } from './sections/verifiers.ts'
import { waiting } from './sections/waiting.ts'

/** What the dataset is, how good its models and judge are, what it cost, and what is left to do. */
export const SECTIONS: readonly Section[] = [
  tiers,
  correctness,
  correctnessBy,
  modelPairs,
  modelMisses,
  topTwo,
  judge,
  judgeControls,
  verifiers,
  refinement,
  datasets,
  costs,
  costsByTier,
  costPerRecord,
  spending,
  strongModel,
  projection,
  fewerPaths,
  endpoints,
  waiting,
]
