/** All tables, in the order of the dataflow, and which one a topic flows into. */
import type { TopicName } from '../../schemas/topics.ts'
import { budgetEvents } from './budget-events.ts'
import { completions } from './completions.ts'
import { controls } from './controls.ts'
import { deadLetters } from './dead-letters.ts'
import { editions } from './editions.ts'
import { escalated } from './escalated.ts'
import { intake } from './intake.ts'
import { kept } from './kept.ts'
import { otherRecords } from './other-records.ts'
import { questions } from './questions.ts'
import { ranked } from './ranked.ts'
import { rawPaths } from './raw-paths.ts'
import { records } from './records.ts'
import { redrive } from './redrive.ts'
import { scoreIntake } from './score-intake.ts'
import { scores } from './scores.ts'
import type { Table } from './table.ts'
import { triaged } from './triaged.ts'
import { undecodable } from './undecodable.ts'
import { unsolved } from './unsolved.ts'
import { verdicts } from './verdicts.ts'

/** Every table of a pipeline. What came later stands at the end: a table's place is its migration's number. */
export const TABLES: readonly Table[] = [
  intake,
  questions,
  rawPaths,
  verdicts,
  triaged,
  ranked,
  escalated,
  kept,
  unsolved,
  records,
  scores,
  completions,
  deadLetters,
  redrive,
  editions,
  otherRecords,
  undecodable,
  budgetEvents,
  scoreIntake,
  controls,
]

/**
 * Topics that stay out: `triage-state` is triage's own changelog. It is compacted, so that what was read of it once
 * could not be read again, and what it says follows from `verdicts`.
 */
export const TOPICS_WITHOUT_TABLE: ReadonlySet<TopicName> = new Set(['triage-state'])

const tableOfTopic = new Map(TABLES.flatMap((one) => one.topics.map((topic) => [topic, one] as const)))

/** The table a topic's records become rows of. */
export function tableOf(topic: TopicName): Table {
  return tableOfTopic.get(topic) ?? otherRecords
}
