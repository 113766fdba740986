/** Items to be scored, from the files of a dataset: each once, and of a sample those that its seed draws. */
import { placeIn } from '../config/drawing.ts'
import { withoutThinkTags } from '../processors/chain-of-thought.ts'
import { itemIdOf } from '../processors/score-datasets.ts'
import type { ScoreItem } from '../schemas/types.ts'
import type { LineProblem } from '../sources/line-problem.ts'
import { readAnswers } from '../sources/read-answers.ts'
import type { Place } from '../sources/row.ts'

/** What is read. */
export interface ScoredDataset {
  /** What it is called. */
  readonly name: string
  /** Existing files. */
  readonly files: readonly string[]
  /** How many of its items are drawn; null = all. */
  readonly sample: number | null
  /** Another seed draws others. */
  readonly seed: number
}

/** An item and where it stands. */
export interface PlacedItem {
  readonly at: Place
  readonly item: ScoreItem
}

/** The dataset's items in the order of its files, each once; problems are told and cost no good item. */
export async function* itemsOf(
  { name, files }: ScoredDataset,
  onProblem: (problem: LineProblem) => void,
): AsyncGenerator<PlacedItem> {
  const met = new Set<string>()
  for (const file of files) {
    for await (const read of readAnswers(file)) {
      if (read.kind === 'problem') {
        onProblem(read.problem)
        continue
      }
      const { prompt, reasoning, response } = read.answered
      const answer = [reasoning, response].map(withoutThinkTags).filter(Boolean).join('\n\n')
      const content = { dataset: name, prompt, answer }
      const itemId = itemIdOf(content)
      if (met.has(itemId)) continue
      met.add(itemId)
      yield { at: read.at, item: { itemId, ...content } }
    }
  }
}

/**
 * The highest place in the drawing that is still in a sample of so many; 1 when all are. Content decides: a sample is
 * the same in whatever order its items come, and part of each larger one with its seed.
 */
export function lastPlace(places: Iterable<number>, sample: number): number {
  const sorted = Float64Array.from(places).sort()
  return sorted[sample - 1] ?? 1
}

/** The place of an item in the drawing of a sample. */
export function placeOfItem({ itemId }: Pick<ScoreItem, 'itemId'>, seed: number): number {
  return placeIn('score-items', seed, itemId)
}
