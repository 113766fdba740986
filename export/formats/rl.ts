import type { QuestionFormat } from '../format.ts'
import { asked, MESSAGES } from '../messages.ts'
import { QUESTION_METADATA, questionMetadata } from '../metadata.ts'
import { TEXTS } from '../row.ts'
import { instructionOf } from '../shapes.ts'

/** How the final line is asked for, so that a rule can check it. */
const ASKED_FOR =
  'Think step by step. End with a line "Answer: " and the letter of each correct option, separated by commas.'

/**
 * A question with an answer a rule can check, how that is rewarded, and how hard it was: the share of its paths that
 * were judged Correct, and the tier. Questions that no path solved are among them.
 */
export const rl: QuestionFormat = {
  name: 'rl',
  about: 'prompt, checkable answer, reward, pass rate, difficulty (TRL GRPOTrainer, verl)',
  unit: 'question',
  topics: [],
  needsRecords: false,
  columns: {
    id: 'text',
    data_source: 'text',
    prompt: MESSAGES,
    ability: 'text',
    answer: 'text',
    reward_model: {
      struct: { style: 'text', ground_truth: 'text', labels: TEXTS, options: TEXTS, answer_pattern: 'text' },
    },
    pass_rate: 'float',
    paths: 'int',
    correct_paths: 'int',
    difficulty: 'text',
    metadata: { struct: QUESTION_METADATA },
  },
  datasetInfo: null,
  *rows(dossier) {
    const { question, triaged } = dossier
    if (triaged === null) return
    const paths = triaged.correct.length + triaged.wrong.length
    const answer = question.answer.labels.join(', ')
    yield {
      id: triaged.triagedId,
      data_source: question.source,
      prompt: asked(`${instructionOf(question)}\n\n${ASKED_FOR}`),
      ability: 'multiple-choice',
      answer,
      reward_model: {
        style: 'rule',
        ground_truth: answer,
        labels: question.answer.labels,
        options: question.options.map(({ label }) => label),
        answer_pattern: String.raw`(?m)^Answer:\s*([A-Z](?:\s*,\s*[A-Z])*)\s*$`,
      },
      pass_rate: paths === 0 ? null : triaged.correct.length / paths,
      paths,
      correct_paths: triaged.correct.length,
      difficulty: triaged.tier,
      metadata: questionMetadata(dossier),
    }
  },
}
