import type { Verdict } from '../../schemas/types.ts'
import { columnsOf, FLAG, ID, ID_OR_NULL, TEXT, TEXT_OR_NULL, WORD, WORDS } from './column.ts'
import { CALL_KEY, PATH_KEY, QUESTION_KEY, VERDICT_KEY } from './keys.ts'
import { missingColumns, samplingColumns } from './path-columns.ts'
import { questionColumns } from './question-columns.ts'
import { table } from './table.ts'

const { field, made } = columnsOf<Verdict>('Verdict')

/** The day a verdict was written on, UTC. */
export const VERDICT_DAY = "toDate(_time, 'UTC')"

/**
 * A number for the outcomes of a question: questions of which every model got as many right, of as many paths, have the
 * same, and others have not (two among millions once in billions of databases).
 */
export const OUTCOMES = 'sum(sipHash64(model, judgement))'

/** Topic `verdicts`. */
export const verdicts = table({
  name: 'verdicts',
  comment: 'A row is a path judged Correct or Error, by code and by judge; the path itself is in raw_paths.',
  topics: ['verdicts'],
  orderBy: ['question_id', 'revision', 'model', 'sampler_id'],
  columns: [
    ...questionColumns<Verdict>(({ question }) => question),
    field('kind', WORD),
    field('verdictId', ID),
    field('pathId', ID),
    field('samplerId', WORD),
    ...samplingColumns<Verdict>(({ path }) => path),
    field('judgement', WORD),
    field('decidedBy', WORD),
    field('reason', TEXT),
    made(
      'is_readable',
      FLAG,
      'Whether code could read the final answer.',
      ({ extracted }) => extracted !== null,
    ),
    made('extracted', WORDS, 'The final answer as read by code.', ({ extracted }) => extracted ?? []),
    field('codeCheck', WORD),
    made(
      'judge_verdict',
      WORD,
      'Correct or Error as the judge said; empty when it was not asked.',
      ({ judgeVerdict }) => judgeVerdict ?? '',
    ),
    field('judgeReason', TEXT_OR_NULL),
    field('verifier', WORD),
    field('promptVersion', WORD),
    field('requestHash', ID_OR_NULL),
    ...missingColumns<Verdict>(({ missing }) => missing),
  ],
  keys: [QUESTION_KEY, CALL_KEY, PATH_KEY, VERDICT_KEY],
  projections: [
    {
      name: 'counts',
      by: [
        ...['edition', 'kind', 'model', 'temperature', 'finish_reason', 'judgement', 'verifier'],
        ...['judge_verdict', 'code_check', 'is_readable', VERDICT_DAY],
      ],
      sums: ['count()', 'sum(completion_tokens)', 'count(completion_tokens)'],
    },
    {
      name: 'by_question',
      by: ['edition', 'kind', 'source', 'question_key', 'revision'],
      sums: ['count()', OUTCOMES, 'max(sipHash64(edition))'],
    },
  ],
})
