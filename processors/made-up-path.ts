/**
 * A path that is wrong beyond doubt, made up from a question's own words without a call. It argues for an option that is
 * not the key, in the manner of the paths a judge sees every day, and ends there (wrong-answer) or, against its own
 * argument, at the key (wrong-argument): code tells the first kind by itself, the second only the judge can.
 */

import { contentId } from '../schemas/ids.ts'
import type { Option, Question } from '../schemas/types.ts'

/** A made-up path. */
export interface MadeUpPath {
  readonly kind: 'wrong-answer' | 'wrong-argument'
  readonly cot: string
}

/** Characters of the question that are taken up again. */
const LONGEST_EXCERPT = 400

/**
 * The made-up path of a question; null where all of its options are right.
 * @param drawnBy decides kind and option: the same gives the same path
 */
export function madeUpPath(
  { stem, options, answer }: Pick<Question, 'stem' | 'options' | 'answer'>,
  drawnBy: string,
): MadeUpPath | null {
  const lot = Number.parseInt(contentId('made-up-path', drawnBy).slice(0, 8), 16)
  const wrong = options.filter(({ label }) => !answer.labels.includes(label))
  const chosen = wrong[Math.floor(lot / 2) % wrong.length]
  if (chosen === undefined) return null
  const kind = lot % 2 === 0 ? 'wrong-answer' : 'wrong-argument'
  const conclusion = kind === 'wrong-answer' ? [chosen.label] : answer.labels
  return { kind, cot: [argumentFor(chosen, stem, options), finalLine(conclusion)].join('\n\n') }
}

function argumentFor(chosen: Option, stem: string, options: readonly Option[]): string {
  const others = options.filter(({ label }) => label !== chosen.label)
  return [
    `1. What is asked: ${excerptOf(stem)}`,
    `2. What decides: the findings above belong together, and one option has to account for all of them.`,
    `3. The options:`,
    `- ${chosen.label}) ${chosen.text}: it accounts for every finding named, and nothing in the question speaks against it.`,
    ...others.map(
      ({ label, text }) =>
        `- ${label}) ${text}: it leaves the leading finding unexplained, so it is set aside.`,
    ),
    `4. Weighing them: no other option explains as much as ${chosen.label}) ${chosen.text} does.`,
  ].join('\n')
}

function excerptOf(stem: string): string {
  return stem.length <= LONGEST_EXCERPT ? stem : `${stem.slice(0, LONGEST_EXCERPT).trimEnd()} …`
}

function finalLine(labels: readonly string[]): string {
  return `Final answer: ${labels.join(', ')}`
}
