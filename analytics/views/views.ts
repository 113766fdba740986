/** All views; each comes after those it is made of. */
import { batches } from './batches.ts'
import { correctness } from './correctness.ts'
import { correctnessBy } from './correctness-by.ts'
import { costPerRecord } from './cost-per-record.ts'
import { costProjection } from './cost-projection.ts'
import { costs } from './costs.ts'
import { costsByTier } from './costs-by-tier.ts'
import { datasetScores } from './dataset-scores.ts'
import { editionTopics } from './edition-topics.ts'
import { endpointHours } from './endpoint-hours.ts'
import { fewerPaths } from './fewer-paths.ts'
import { judgeAgreement } from './judge-agreement.ts'
import { judgeControls, judgeControlsLatest } from './judge-controls.ts'
import { lineage } from './lineage.ts'
import { modelAnswers } from './model-answers.ts'
import { modelMisses } from './model-misses.ts'
import { modelPairs } from './model-pairs.ts'
import { questionProgress } from './question-progress.ts'
import { refinementGain } from './refinement-gain.ts'
import { scoreMeans } from './score-means.ts'
import { spending } from './spending.ts'
import { strongModelEstimate } from './strong-model-estimate.ts'
import { tiers } from './tiers.ts'
import { tiersIf } from './tiers-if.ts'
import { topTwo } from './top-two.ts'
import { verifierAgreement } from './verifier-agreement.ts'
import type { View } from './view.ts'
import { waitingQuestions } from './waiting-questions.ts'

/** Every view of a pipeline. */
export const VIEWS: readonly View[] = [
  editionTopics,
  tiers,
  correctness,
  modelAnswers,
  correctnessBy,
  modelPairs,
  modelMisses,
  topTwo,
  judgeAgreement,
  costs,
  costsByTier,
  costPerRecord,
  spending,
  strongModelEstimate,
  endpointHours,
  fewerPaths,
  tiersIf,
  questionProgress,
  costProjection,
  waitingQuestions,
  batches,
  scoreMeans,
  refinementGain,
  datasetScores,
  judgeControls,
  judgeControlsLatest,
  lineage,
  verifierAgreement,
]
