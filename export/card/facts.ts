/** What a dataset card tells. */
import type { EditionContent } from '../../config/edition.ts'
import type { ExportSummary } from '../export.ts'
import type { Tally } from '../tally.ts'
import type { Spending } from './spending.ts'

/** All of it; nothing here holds an address, a key or a time. */
export interface CardFacts {
  readonly pipeline: string
  readonly edition: string
  /** What was recorded of the edition at its first start; null when it never ran. */
  readonly recorded: {
    readonly hash: string
    readonly codeVersion: string
    readonly content: EditionContent
  } | null
  /** `name@version` of the configuration's prompts, by the hash of their words. */
  readonly promptVersions: Readonly<Record<string, string>>
  readonly summary: ExportSummary
  readonly tally: Tally
  readonly spending: readonly Spending[]
  /** What was asked for, as options of the command. */
  readonly chosenBy: string
}
