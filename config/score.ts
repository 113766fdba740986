/** Which chains of thought are scored: a sample, drawn from their content alone. */
import { z } from 'zod'
import { TIERS } from '../schemas/topics.ts'
import { placeIn } from './drawing.ts'

const share = z.number().min(0).max(1)
const tierShare = (tier: string) =>
  share.optional().describe(`Share of what is ${tier}, 0 to 1; default: \`score.share\`.`)

/** The section `score`. */
export const score = z.strictObject({
  share: share.default(0.02).describe('Share that is scored, 0 to 1; default 0.02.'),
  seed: z.int().min(0).default(1).describe('Another seed draws another sample; default 1.'),
  tiers: z
    .strictObject({
      easy: tierShare('easy'),
      medium: tierShare('medium'),
      difficult: tierShare('difficult'),
    } satisfies Record<(typeof TIERS)[number], unknown>)
    .prefault({})
    .describe('Shares of single tiers, in place of `share`; default: none.'),
  sources: z
    .record(z.string(), share)
    .default({})
    .describe(
      'Shares of single sources, e.g. { medqa: 0.1 }, in place of `share` and `tiers`; default none.',
    ),
  pairs: z
    .boolean()
    .default(true)
    .describe('Whether the paths of medium questions are scored before they are mended, too; default true.'),
})

/** The section `score`, defaults filled in. */
export type ScoreSampling = z.output<typeof score>

/** What decides whether something is scored. */
export interface Scorable {
  readonly tier: string
  readonly source: string
  /** What is drawn by: for both sides of a pair the path they have in common. */
  readonly sampledBy: string
}

/**
 * Whether something is in the sample. Depends on its content and the section alone, never on time or order; so both
 * sides of a pair are in, or neither is. A larger share holds all that a smaller one does.
 */
export function isSampled(sampling: ScoreSampling, scorable: Scorable): boolean {
  return placeIn('score-sample', sampling.seed, scorable.sampledBy) < shareOf(sampling, scorable)
}

/** The share that holds: the source's, else the tier's, else the general one. */
export function shareOf(
  { share: general, tiers, sources }: ScoreSampling,
  { tier, source }: Pick<Scorable, 'tier' | 'source'>,
): number {
  const ofSource = Object.hasOwn(sources, source) ? sources[source] : undefined
  const ofTier = TIERS.find((one) => one === tier)
  return ofSource ?? (ofTier && tiers[ofTier]) ?? general
}
