/** What no export may hold. */
import { resolve } from 'node:path'
import { z } from 'zod'
import { LOWEST_SIMILARITY } from '../export/leakage/min-hash.ts'

/** The section `export`. */
export const exportSection = z.strictObject({
  protected: z
    .array(z.string().min(1))
    .max(1_000)
    .default([])
    .describe(
      'Files, folders or patterns of benchmark questions, of any format that can be loaded: what is like one of them is kept out; default none.',
    ),
  similarity: z
    .number()
    .min(LOWEST_SIMILARITY)
    .max(1)
    .default(0.8)
    .describe(
      'From which share of common three-word runs on two questions are alike (Jaccard), 0.6 to 1; 1 = only the same words; default 0.8.',
    ),
})

/** The section `export`, defaults filled in. */
export type ExportSettings = z.output<typeof exportSection>

/** With its files seen from the folder of the configuration. */
export function exportFrom(folder: string, settings: ExportSettings): ExportSettings {
  return { ...settings, protected: settings.protected.map((path) => resolve(folder, path)) }
}
