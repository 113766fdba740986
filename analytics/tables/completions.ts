import type { Completion } from '../../schemas/types.ts'
import { columnsOf, ID, MOMENT, NUMBER, NUMBER_OR_NULL, SMALL, TEXT, TEXT_OR_NULL, WORD } from './column.ts'
import { CALL_KEY, QUESTION_KEY } from './keys.ts'
import { roleOf } from './roles.ts'
import { table } from './table.ts'

const { field } = columnsOf<Completion>('Completion')

/** What calls used and cost. */
export const CALL_SUMS = [
  ...['count()', 'sum(prompt_tokens)', 'sum(completion_tokens)', 'sum(cost_nano_usd)'],
  'countIf(cost_nano_usd IS NULL)',
]

/** The hour a call began in, UTC. */
export const HOUR = "toStartOfHour(started_at, 'UTC')"

/** How long calls took, seconds: the median, and what nine of ten and ninety-nine of a hundred stayed below. */
export const DURATIONS = 'quantilesTDigest(0.5, 0.9, 0.99)(duration_ms / 1000)'

/** Topic `completions`. */
export const completions = table({
  name: 'completions',
  comment:
    'A row is one call that reached an endpoint, whatever became of it. Money is in billionths of a US dollar.',
  topics: ['completions'],
  orderBy: ['step', 'model', 'question_id'],
  lookups: ['question_id', 'request_hash'],
  columns: [
    field('paymentId', ID),
    field('journal', WORD),
    field('sequence', NUMBER),
    field('requestHash', ID),
    field('step', WORD),
    field('questionId', ID),
    field('model', WORD),
    field('endpoint', WORD),
    field('status', WORD),
    field('finishReason', WORD),
    field('promptTokens', NUMBER_OR_NULL),
    field('completionTokens', NUMBER_OR_NULL),
    field('costNanoUsd', NUMBER_OR_NULL),
    field('atMostNanoUsd', NUMBER_OR_NULL),
    field('startedAt', MOMENT),
    field('durationMs', NUMBER),
    field('attempt', SMALL),
    field('turnedAway', SMALL),
    field('reasoning', TEXT),
    field('text', TEXT),
    field('error', TEXT_OR_NULL),
  ],
  keys: [QUESTION_KEY, CALL_KEY],
  projections: [
    { name: 'by_step', by: ['edition', 'step', 'model', 'status'], sums: CALL_SUMS },
    { name: 'by_question', by: ['edition', 'question_key', roleOf('step')], sums: CALL_SUMS },
    {
      name: 'by_hour',
      by: ['edition', 'endpoint', 'model', HOUR],
      sums: [
        ...['count()', "countIf(status = 'failed')", 'countIf(attempt > 1)', 'sum(turned_away)', DURATIONS],
        ...['sum(completion_tokens)', 'sum(duration_ms)'],
      ],
    },
  ],
})
