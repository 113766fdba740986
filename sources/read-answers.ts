/** Reads datasets of answers, in whatever container: every row yields one answer or one error, in order. */

import { type Answered, answeredIn } from './answers.ts'
import { openFile } from './containers/open-rows.ts'
import { LineError, type LineProblem } from './line-problem.ts'
import { type Place, problemAt } from './row.ts'

/** An answer with its place, or a problem. */
export type AnswerItem =
  | { readonly kind: 'answer'; readonly at: Place; readonly answered: Answered }
  | { readonly kind: 'problem'; readonly problem: LineProblem }

/** Where none of the first so many rows holds an answer, the rest of the file is not read. */
const ROWS_WITHOUT_ANSWER = 10

/** The answers and problems of a file. @throws {NinefoldError} `NF_SOURCE_UNREADABLE` when it cannot be opened */
export async function* readAnswers(file: string): AsyncGenerator<AnswerItem> {
  const { items } = await openFile(file)
  let rowsWithout = 0
  for await (const item of items) {
    const answer = item.kind === 'problem' ? item : answerOf(item.at, item.fields)
    yield answer
    rowsWithout = answer.kind === 'answer' ? Number.NEGATIVE_INFINITY : rowsWithout + 1
    if (rowsWithout < ROWS_WITHOUT_ANSWER) continue
    const what = `none of the first ${ROWS_WITHOUT_ANSWER} rows holds an answer, and the others were not read`
    yield problemAt({ file, line: 0 }, new LineError(what, 'See what is wrong with the first.'))
    return
  }
}

function answerOf(at: Place, fields: Parameters<typeof answeredIn>[0]): AnswerItem {
  try {
    return { kind: 'answer', at, answered: answeredIn(fields) }
  } catch (error) {
    if (!(error instanceof LineError)) throw error
    return problemAt(at, error)
  }
}
