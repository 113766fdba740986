/** Kept chains of thought against wrong paths of the same question. */
import { cotOf } from '../processors/chain-of-thought.ts'
import type { TrainingRecord, Verdict } from '../schemas/types.ts'
import type { Dossier, ScoredRecord } from './dossier.ts'
import type { FormatContext } from './format.ts'

/** A path judged Error, and the chain of thought it was. */
export interface WrongChain {
  readonly verdict: Verdict
  readonly cot: string
}

/** One kept, one wrong. */
export interface Pair {
  readonly record: TrainingRecord
  readonly wrong: WrongChain
}

/** Verdicts on what is no whole chain of thought: it would teach length or form, not reasoning. */
const INCOMPLETE = new Set(['truncated', 'too-short'])

/** The wrong paths that are whole chains of thought, in the order of their samplers. */
export function wrongChains({ verdicts }: Dossier, { minCharacters }: FormatContext): WrongChain[] {
  return verdicts.flatMap((verdict) => {
    if (verdict.judgement !== 'Error' || verdict.path === null || INCOMPLETE.has(verdict.codeCheck)) return []
    const cot = cotOf(verdict.path, minCharacters)
    return cot === '' ? [] : [{ verdict, cot }]
  })
}

/** Every chosen record against every wrong path. */
export function pairsOf(dossier: Dossier, context: FormatContext): Pair[] {
  const wrong = wrongChains(dossier, context)
  return dossier.records.flatMap(({ record }: ScoredRecord) =>
    wrong.filter(({ cot }) => cot !== record.cot).map((one) => ({ record, wrong: one })),
  )
}
