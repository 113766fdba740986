/**
 * An edition built on another one: it reads that one's topics up to `from` and writes its own from there on. What
 * both ask alike is answered from the other one's completions.
 */
import { NinefoldError } from '../errors.ts'
import type { EditionBase } from '../streams/edition-topics.ts'
import { openSession, type Session } from './session.ts'

/** What an edition can take over, in the order of the dataflow. */
export const REPLAY_TOPICS = ['questions', 'raw-paths', 'verdicts'] as const

/** One of them. */
export type ReplayTopic = (typeof REPLAY_TOPICS)[number]

/** What to replay. */
export interface ReplayOptions {
  /** Path of ninefold.yaml. */
  readonly config: string
  /** Settings that go before the file's, each `key=value`. */
  readonly set?: readonly string[]
  /** The edition to make, or to go on with. */
  readonly edition: string
  /** The edition it is built on. */
  readonly of: string
  readonly from: ReplayTopic
  /** Opens it for a plan: nothing of it is made. */
  readonly readOnly?: boolean
  /** Told, a line at a time, what takes long. */
  readonly onProgress?: (line: string) => void
}

/**
 * Opens the edition, new or begun before.
 * @throws NF_EDITION_BASE when it cannot be built on that edition, or was built otherwise.
 */
export async function openReplay({ of, from, ...options }: ReplayOptions): Promise<Session> {
  const session = await openSession({ ...options, base: { edition: of, from } })
  const { base } = session
  if (base?.edition === of && base.from === from) return session
  await session.close()
  throw new NinefoldError(
    'NF_EDITION_BASE',
    `edition ${options.edition} exists and ${described(base)}, not on the ${from} of ${of}`,
    'Go on with it with `ninefold run --edition`, or replay under another name.',
  )
}

function described(base: EditionBase | null): string {
  return base === null ? 'is built on nothing' : `is built on the ${base.from} of ${base.edition}`
}
