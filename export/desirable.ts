/** Single chains of thought, each marked as one to write or one not to write. */
import type { Dossier } from './dossier.ts'
import type { FormatContext } from './format.ts'
import { wrongChains } from './pairs.ts'

/** A chain of thought and whether a model should write it. */
export interface Marked {
  readonly id: string
  readonly cot: string
  readonly isDesirable: boolean
  /** Why it was judged wrong; null for a kept one. */
  readonly reason: string | null
}

/** Kept chains of thought, and wrong paths of the same question. */
export function markedChains(dossier: Dossier, context: FormatContext): Marked[] {
  const kept = dossier.records.map(({ record }) => ({
    id: record.recordId,
    cot: record.cot,
    isDesirable: true,
    reason: null,
  }))
  const wrong = wrongChains(dossier, context).map(({ verdict, cot }) => ({
    id: verdict.verdictId,
    cot,
    isDesirable: false,
    reason: verdict.reason,
  }))
  return kept.length === 0 ? [] : [...kept, ...wrong]
}
