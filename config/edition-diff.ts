import { canonicalJson } from '../schemas/ids.ts'
import type { Asked, Edition, EditionContent } from './edition.ts'

/** One thing that differs between two editions, for people to read. */
export interface EditionDifference {
  /** E.g. `triage.easyMaxErrors`, `roles.verify.params.temperature`, `prompts.rank`. */
  readonly key: string
  /** As text; `(absent)` where the key was not there. */
  readonly was: string
  readonly now: string
}

const ABSENT = '(absent)'

/** What differs, by key in alphabetical order; empty exactly when the two hashes are equal. */
export function diffEditions(a: Edition, b: Edition): EditionDifference[] {
  if (a.hash === b.hash) return []
  const [was, now] = [settingLines(a.content), settingLines(b.content)]
  const differences = changes(was, now)
  return differences.length > 0 ? differences : [sameSettingsOtherIds(a, b)]
}

/**
 * What an edition is made of, for people to read: values by key.
 * Samplers are listed by what they ask instead of by id, so that a new prompt shows as one line, not as nine: that of its
 * hash, which tells of its words as well.
 */
export function settingLines({ samplers, wording: _told, ...rest }: EditionContent): Map<string, string> {
  const lines = flattened(rest)
  for (const sampler of Object.values(samplers)) lines.set(`samplers: ${label(sampler)}`, 'present')
  return lines
}

function label({ model, params, ordinal }: Asked & { ordinal: number }): string {
  const settings = Object.entries(params).map(([key, value]) => `${key}=${canonicalJson(value)}`)
  return [model, ...settings.sort(), ...(ordinal > 1 ? [`path ${ordinal}`] : [])].join(' ')
}

function flattened(value: unknown, key = '', into = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return into.set(key, typeof value === 'string' ? value : canonicalJson(value))
  }
  for (const [name, item] of Object.entries(value))
    flattened(item, key === '' ? name : `${key}.${name}`, into)
  return into
}

function changes(was: Map<string, string>, now: Map<string, string>): EditionDifference[] {
  return [...new Set([...was.keys(), ...now.keys()])]
    .filter((key) => was.get(key) !== now.get(key))
    .sort()
    .map((key) => ({ key, was: was.get(key) ?? ABSENT, now: now.get(key) ?? ABSENT }))
}

/** The ids hold the hash of the generating prompt, which need not be among the prompts recorded. */
function sameSettingsOtherIds(a: Edition, b: Edition): EditionDifference {
  const ids = ({ content }: Edition) => Object.keys(content.samplers).sort().join(', ')
  return { key: 'samplers: ids at the same settings', was: ids(a), now: ids(b) }
}
