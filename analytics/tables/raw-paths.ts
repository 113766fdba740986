import type { RawPath } from '../../schemas/types.ts'
import { columnsOf, ID, TEXT, WORD } from './column.ts'
import { CALL_KEY, PATH_KEY, QUESTION_KEY } from './keys.ts'
import { missingColumns, samplingColumns } from './path-columns.ts'
import { questionColumns } from './question-columns.ts'
import { table } from './table.ts'

const { field, made } = columnsOf<RawPath>('RawPath')

/** Topic `raw-paths`. */
export const rawPaths = table({
  name: 'raw_paths',
  comment: 'A row is a reasoning path as a model wrote it, or the word that it is missing.',
  topics: ['raw-paths'],
  orderBy: ['question_id', 'revision', 'model', 'sampler_id'],
  columns: [
    ...questionColumns<RawPath>(({ question }) => question),
    field('kind', WORD),
    field('pathId', ID),
    field('samplerId', WORD),
    ...samplingColumns<RawPath>(({ path }) => path),
    made(
      'prompt_version',
      WORD,
      'name@version of the prompt; empty when missing.',
      ({ path }) => path?.promptVersion ?? '',
    ),
    made(
      'reasoning',
      TEXT,
      'What the model thought, apart from its answer.',
      ({ path }) => path?.reasoning ?? '',
    ),
    made('answer_text', TEXT, 'What the model answered.', ({ path }) => path?.answerText ?? ''),
    made(
      'request_hash',
      ID,
      'The call that wrote it: joins to completions.',
      ({ path }) => path?.requestHash ?? '',
    ),
    ...missingColumns<RawPath>(({ missing }) => missing),
  ],
  keys: [QUESTION_KEY, CALL_KEY, PATH_KEY],
  projections: [
    {
      name: 'by_question',
      by: ['edition', 'question_key', 'revision'],
      sums: ["countIf(kind = 'path')", "countIf(kind = 'missing')"],
    },
  ],
})
