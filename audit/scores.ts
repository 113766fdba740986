/**
 * records, ranked, score-intake → scores: what is sampled is scored once. What nobody sampled is not missing; and since the sample
 * may be changed at any time, of what is sampled now and has no score it cannot be said that it was due when it passed:
 * it waits, and is no fault.
 */

import { scoreIdOf } from '../processors/score.ts'
import { DATASET_SUBJECT, itemIdOf, itemScoreIdOf, scoreDatasets } from '../processors/score-datasets.ts'
import type { Prompts } from '../prompts/prompts.ts'
import { CRITERIA } from '../prompts/score.ts'
import type { Score, ScoreItem } from '../schemas/types.ts'
import type { Books } from './books.ts'
import { readRecords } from './reading.ts'

const READING = {
  topic: 'scores',
  writer: 'score',
  idOf: ({ scoreId }: Score) => scoreId,
  keyOf: ({ questionId }: Score) => questionId,
} as const

const ITEMS = {
  topic: 'score-intake',
  writer: scoreDatasets.step,
  idOf: ({ itemId }: ScoreItem) => itemId,
  keyOf: ({ itemId }: ScoreItem) => itemId,
} as const

/** Enters the items of datasets from outside. */
export async function readItems(books: Books): Promise<void> {
  const { findings, deadLetters, scorables } = books
  const { step } = scoreDatasets
  for await (const { record, place } of readRecords(books, ITEMS)) {
    const { itemId, dataset } = record
    if (itemIdOf(record) !== itemId) {
      findings.fault(step, 'wrong', itemId, `it is not the id of this item of ${dataset}`)
    }
    if (scorables.addItem(record, deadLetters.of(step, place))) continue
    findings.fault(step, 'twice', itemId, `this item of ${dataset} was taken in before`)
  }
}

/** Checks every score, once all that may be scored was read. */
export async function checkScores(books: Books): Promise<void> {
  const { findings, scorables } = books
  const row = findings.row('score')
  row.in += scorables.due
  for await (const { record } of readRecords(books, READING)) {
    row.out++
    checkOne(books, record)
  }
  for (const id of scorables.unscored()) {
    findings.wait(
      'score',
      id,
      'is sampled and has no score; a sample that was widened leaves out what had passed',
    )
  }
}

function checkOne({ findings, payments, scorables, config }: Books, score: Score): void {
  const { scoreId, subject, subjectId, requestHashes } = score
  payments.use('score', scoreId, requestHashes)
  if (!scorables.has(subjectId)) {
    findings.fault('score', 'from nowhere', scoreId, `there is no ${subject} ${subjectId} to be scored`)
    return
  }
  if (!scorables.agrees(score)) {
    findings.fault('score', 'wrong', scoreId, `it tells something else of ${subjectId} than that does itself`)
  }
  for (const complaint of complaintsOf(score, config.prompts))
    findings.fault('score', 'wrong', scoreId, complaint)
  if (!scorables.score(subjectId)) {
    findings.fault('score', 'twice', scoreId, `${subject} ${subjectId} had been scored before`)
  }
}

function* complaintsOf(score: Score, prompts: Prompts): Generator<string> {
  const { scoreId, subject, subjectId, scorer, promptVersion, overall } = score
  // Other words of the prompt are no other edition: what was scored with them stands.
  const ofDataset = subject === DATASET_SUBJECT
  const prompt = ofDataset ? prompts.scoreItem : prompts.score
  const due = ofDataset
    ? itemScoreIdOf(subjectId, scorer, prompt.hash)
    : scoreIdOf(subject, subjectId, scorer, prompt.hash)
  if (promptVersion === prompt.promptVersion && due !== scoreId) {
    yield `it is not the id of ${scorer}'s score of ${subject} ${subjectId}`
  }
  const mean = CRITERIA.reduce((sum, criterion) => sum + score[criterion], 0) / CRITERIA.length
  if (mean !== overall) yield `its four scores have the mean ${mean}, not ${overall}`
}
