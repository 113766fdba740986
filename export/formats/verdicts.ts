import { cotOf } from '../../processors/chain-of-thought.ts'
import type { QuestionFormat } from '../format.ts'
import { QUESTION_METADATA, questionMetadata } from '../metadata.ts'
import { TEXTS } from '../row.ts'
import { instructionOf } from '../shapes.ts'

/** Every judged path with its label and the reason: what a verifier learns from. */
export const verdicts: QuestionFormat = {
  name: 'verdicts',
  about: 'question, path, label Correct or Error, reason: for training verifiers',
  unit: 'question',
  topics: ['verdicts'],
  needsRecords: false,
  columns: {
    id: 'text',
    question: 'text',
    answer: TEXTS,
    path: 'text',
    label: 'text',
    reason: 'text',
    decided_by: 'text',
    code_check: 'text',
    extracted: TEXTS,
    judge_label: 'text',
    judge_reason: 'text',
    verifier: 'text',
    path_id: 'text',
    writer: 'text',
    temperature: 'float',
    metadata: { struct: QUESTION_METADATA },
  },
  datasetInfo: null,
  *rows(dossier, { minCharacters }) {
    for (const verdict of dossier.verdicts) {
      if (verdict.path === null) continue
      yield {
        id: verdict.verdictId,
        question: instructionOf(dossier.question),
        answer: dossier.question.answer.labels,
        path: cotOf(verdict.path, minCharacters),
        label: verdict.judgement,
        reason: verdict.reason,
        decided_by: verdict.decidedBy,
        code_check: verdict.codeCheck,
        extracted: verdict.extracted,
        judge_label: verdict.judgeVerdict,
        judge_reason: verdict.judgeReason,
        verifier: verdict.verifier,
        path_id: verdict.pathId,
        writer: verdict.path.model,
        temperature: verdict.path.temperature,
        metadata: questionMetadata(dossier),
      }
    }
  },
}
