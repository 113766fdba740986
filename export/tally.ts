/** What went out, counted. */
import type { TrainingRecord } from '../schemas/types.ts'

/** Records of one source under one licence. */
export interface SourceCount {
  readonly source: string
  readonly licence: string
  records: number
}

/** Counts the records that were chosen. */
export class Tally {
  readonly #tiers = new Map<string, number>()
  readonly #routes = new Map<string, number>()
  readonly #sources = new Map<string, SourceCount>()
  readonly #languages = new Set<string>()

  add({ tier, route, question }: TrainingRecord): void {
    const { source, licence, language } = question
    this.#tiers.set(tier, (this.#tiers.get(tier) ?? 0) + 1)
    this.#routes.set(route, (this.#routes.get(route) ?? 0) + 1)
    const key = JSON.stringify([source, licence])
    const count = this.#sources.get(key) ?? { source, licence, records: 0 }
    count.records++
    this.#sources.set(key, count)
    if (language !== '') this.#languages.add(language)
  }

  /** Records by tier, route; by source and licence; in the order of names. */
  get tiers(): readonly (readonly [string, number])[] {
    return [...this.#tiers].sort(byName)
  }

  get routes(): readonly (readonly [string, number])[] {
    return [...this.#routes].sort(byName)
  }

  get sources(): readonly SourceCount[] {
    return [...this.#sources.entries()].sort(byName).map(([, count]) => count)
  }

  get languages(): readonly string[] {
    return [...this.#languages].sort()
  }
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1
}
