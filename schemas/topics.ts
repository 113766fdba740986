import type {
  BudgetEvent,
  Completion,
  Control,
  DeadLetter,
  Edition,
  Escalated,
  Intake,
  Kept,
  Question,
  Ranked,
  RawPath,
  Redrive,
  Score,
  ScoreItem,
  TrainingRecord,
  Triaged,
  TriageState,
  Unsolved,
  Verdict,
} from './types.ts'

/** What each topic carries. A topic's full name is `<prefix><pipeline>.<edition>.<name>`. */
export interface TopicRecords {
  intake: Intake
  questions: Question
  'raw-paths': RawPath
  verdicts: Verdict
  'triage-state': TriageState
  'triaged-easy': Triaged
  'triaged-medium': Triaged
  'triaged-difficult': Triaged
  ranked: Ranked
  escalated: Escalated
  kept: Kept
  unsolved: Unsolved
  records: TrainingRecord
  scores: Score
  completions: Completion
  'dead-letters': DeadLetter
  redrive: Redrive
  editions: Edition
  'budget-events': BudgetEvent
  'score-intake': ScoreItem
  controls: Control
}

/** The short name of a topic. */
export type TopicName = keyof TopicRecords

/** The name of the Avro record each topic carries: its schema's subject is `<topic>-value`. */
export const SCHEMA_OF_TOPIC: Readonly<Record<TopicName, string>> = {
  intake: 'Intake',
  questions: 'Question',
  'raw-paths': 'RawPath',
  verdicts: 'Verdict',
  'triage-state': 'TriageState',
  'triaged-easy': 'Triaged',
  'triaged-medium': 'Triaged',
  'triaged-difficult': 'Triaged',
  ranked: 'Ranked',
  escalated: 'Escalated',
  kept: 'Kept',
  unsolved: 'Unsolved',
  records: 'TrainingRecord',
  scores: 'Score',
  completions: 'Completion',
  'dead-letters': 'DeadLetter',
  redrive: 'Redrive',
  editions: 'Edition',
  'budget-events': 'BudgetEvent',
  'score-intake': 'ScoreItem',
  controls: 'Control',
}

/** All topics of an edition, in the order of the dataflow. */
export const TOPICS = Object.keys(SCHEMA_OF_TOPIC) as TopicName[]

/** The tier topics by tier. */
export const TOPIC_OF_TIER = {
  easy: 'triaged-easy',
  medium: 'triaged-medium',
  difficult: 'triaged-difficult',
} as const satisfies Record<string, TopicName>

/** How many of a question's paths may be wrong: easy few, medium some, difficult nearly all. */
export type Tier = keyof typeof TOPIC_OF_TIER

/** The tiers, the easiest first. */
export const TIERS = Object.keys(TOPIC_OF_TIER) as Tier[]
