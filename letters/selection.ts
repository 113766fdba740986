/** Which dead letters are meant, and which of those can be tried again. */
import type { Config } from '../config/config.ts'
import { NinefoldError } from '../errors.ts'
import { topology } from '../processors/topology.ts'
import { groupName } from '../schemas/topic-names.ts'
import type { LetterEntry } from './letter-list.ts'

/** What dead letters must have in common; what is left out may be anything. */
export interface LetterFilter {
  /** A step, e.g. `verify`; `generate` for those of all samplers, `generate.qwen-t0.7` for one. */
  readonly step?: string
  readonly class?: string
  /** Milliseconds since 1970, the first that counts. */
  readonly since?: number
  /** Milliseconds since 1970, the first that counts no more. */
  readonly until?: number
  /** Ids, or how they begin. */
  readonly ids?: readonly string[]
  /** What questions come from: what their ids begin with, before the colon. */
  readonly source?: string
  /** A question's id. */
  readonly question?: string
}

/** A dead letter that is left alone, and why. */
export interface Skipped {
  readonly deadLetterId: string
  readonly why: string
}

/** Letters that something can be done about, and those that are left alone. */
interface Sorted {
  readonly ready: LetterEntry[]
  readonly skipped: Skipped[]
}

/**
 * The dead letters that are meant.
 * @throws {NinefoldError} NF_DEAD_LETTER_UNKNOWN for an id that is none of them
 */
export function selected(
  letters: readonly LetterEntry[],
  filter: LetterFilter,
  config: Config,
): LetterEntry[] {
  const { ids, since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = filter
  for (const id of ids ?? []) refuseUnknown(id, letters)
  const titles = titlesOf(config)
  return letters.filter(
    ({ deadLetterId, step, class: kind, time, questionId }) =>
      (filter.step === undefined || isOfStep(step, filter.step, titles)) &&
      (filter.class === undefined || kind === filter.class) &&
      (filter.source === undefined || questionId?.startsWith(`${filter.source}:`) === true) &&
      (filter.question === undefined || questionId === filter.question) &&
      time >= since &&
      time < until &&
      (ids === undefined || ids.some((id) => deadLetterId.startsWith(id))),
  )
}

/**
 * Those that can be ordered to be tried again, and why the others cannot.
 * @param named whether each was named by its id: then also one that was dismissed
 */
export function redrivable(letters: readonly LetterEntry[], config: Config, named = false): Sorted {
  const groups = new Set(topology(config).map(({ step }) => groupName(config, step)))
  return sorted(letters, (letter) => {
    const isWanted = named && letter.fate.state === 'dismissed'
    return (isWanted ? null : settled(letter)) ?? withoutStep(letter, groups)
  })
}

/** Those that can be dismissed, and why the others cannot. */
export function dismissible(letters: readonly LetterEntry[]): Sorted {
  return sorted(letters, settled)
}

/** @param whyNot why a letter is left alone; null where it is not */
function sorted(letters: readonly LetterEntry[], whyNot: (letter: LetterEntry) => string | null): Sorted {
  const ready: LetterEntry[] = []
  const skipped: Skipped[] = []
  for (const letter of letters) {
    const why = whyNot(letter)
    if (why === null) ready.push(letter)
    else skipped.push({ deadLetterId: letter.deadLetterId, why })
  }
  return { ready, skipped }
}

/** The steps of a configuration as people call them, by their names. */
export function titlesOf(config: Config): ReadonlyMap<string, string> {
  return new Map(topology(config).map(({ step, title }) => [step, title ?? step]))
}

/** Why nothing is to be done about a letter; null where something is. */
function settled({ fate }: LetterEntry): string | null {
  switch (fate.state) {
    case 'failed again':
      return `it was tried again and failed as ${fate.as}`
    case 'ordered':
      return 'it is ordered already; a run follows the order'
    case 'done':
      return 'it was tried again, and is done'
    case 'dismissed':
      return `it was dismissed by ${fate.by}: ${fate.why}`
    case 'open':
      return null
  }
}

function withoutStep({ group, step }: LetterEntry, groups: ReadonlySet<string>): string | null {
  return groups.has(group) ? null : `the configuration has no step ${step} any more`
}

function isOfStep(step: string, asked: string, titles: ReadonlyMap<string, string>): boolean {
  return step === asked || step.startsWith(`${asked}.`) || titles.get(step) === asked
}

function refuseUnknown(id: string, letters: readonly LetterEntry[]): void {
  if (letters.some(({ deadLetterId }) => deadLetterId.startsWith(id))) return
  throw new NinefoldError(
    'NF_DEAD_LETTER_UNKNOWN',
    `there is no dead letter ${JSON.stringify(id)} in this edition`,
    '`ninefold dead-letters list` shows those there are.',
  )
}
