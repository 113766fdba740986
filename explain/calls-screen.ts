/** The calls of a question as lines: by step and model, or each of them. */

import type { CallSum } from '../models/spent.ts'
import { type Cell, right } from '../terminal/columns.ts'
import { costText, count, dollars, duration } from '../terminal/numbers.ts'
import { type Call, sumOf } from './calls.ts'
import { type ScreenOptions, table } from './sections.ts'
import type { Story } from './story.ts'

/** What a note says, in a word or two. */
const NOTES: Readonly<Record<Call['notes'][number], string>> = {
  failed: 'failed',
  repeated: 'paid again',
  malformed: 'malformed, sent back',
  unused: 'not used',
  'paid before': 'paid by the edition this is built on',
}

/** A table with the sum in its last row. */
export function callLines({ calls, sum }: Pick<Story, 'calls' | 'sum'>, options: ScreenOptions): string[] {
  if (calls.length === 0) return []
  return options.full ? eachCall(calls, sum, options) : byModel(calls, sum, options)
}

function byModel(calls: readonly Call[], sum: CallSum, options: ScreenOptions): string[] {
  const groups = Map.groupBy(calls, ({ step, model }) => `${step} ${model}`)
  const rows = [...groups.values()].map((group): Cell[] => {
    const { step, model } = group[0]!
    return [step, model, ...sumCells(sumOf(group)), remarks(group)]
  })
  return table(
    [
      ['step', 'model', right('calls'), right('tokens in'), right('out'), right('cost'), ''],
      ...rows,
      ['all', '', ...sumCells(sum), ''],
    ],
    options,
  )
}

function eachCall(calls: readonly Call[], sum: CallSum, options: ScreenOptions): string[] {
  const rows = calls.map((call): Cell[] => {
    const { step, model, promptTokens, completionTokens, costNanoUsd, durationMs, attempt, notes, error } =
      call
    const said = [...notes.map((note) => NOTES[note]), attempt > 1 ? `sending ${attempt}` : '', error ?? '']
    return [
      step,
      model,
      right('1'),
      right(promptTokens === null ? '?' : count(promptTokens)),
      right(completionTokens === null ? '?' : count(completionTokens)),
      right(costNanoUsd === null ? '?' : dollars(costNanoUsd)),
      right(duration(durationMs)),
      call.requestHash.slice(0, 12),
      said.filter((one) => one !== '').join('; '),
    ]
  })
  return table(
    [
      [
        'step',
        'model',
        right('calls'),
        right('tokens in'),
        right('out'),
        right('cost'),
        right('took'),
        'request',
        '',
      ],
      ...rows,
      ['all', '', ...sumCells(sum)],
    ],
    options,
  )
}

function sumCells({ calls, promptTokens, completionTokens, ...sum }: CallSum): Cell[] {
  return [
    right(count(calls)),
    right(count(promptTokens)),
    right(count(completionTokens)),
    right(costText(sum)),
  ]
}

/** What is remarkable about some calls, with how many it is true of. */
function remarks(calls: readonly Call[]): string {
  const counts = new Map<string, number>()
  for (const { notes } of calls)
    for (const note of notes) counts.set(NOTES[note], (counts.get(NOTES[note]) ?? 0) + 1)
  return [...counts].map(([note, number]) => `${number} ${note}`).join(', ')
}
