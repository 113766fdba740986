import { CRITERIA, type ScoreAnswer } from '../prompts/score.ts'

/** A scorer's answer as the fields of a score; the mean of the criteria is computed here, by code. */
export function gradesOf(answer: ScoreAnswer) {
  const { clinicalAccuracy, logic, factualCorrectness, completeness } = answer
  return {
    clinicalAccuracy: clinicalAccuracy.score,
    clinicalAccuracyReason: clinicalAccuracy.justification,
    logic: logic.score,
    logicReason: logic.justification,
    factualCorrectness: factualCorrectness.score,
    factualCorrectnessReason: factualCorrectness.justification,
    completeness: completeness.score,
    completenessReason: completeness.justification,
    overall: CRITERIA.reduce((sum, one) => sum + answer[one].score, 0) / CRITERIA.length,
  }
}
