import { z } from 'zod'
import { NinefoldError } from '../errors.ts'
import { ownWording, promptHashes } from '../prompts/prompts.ts'
import type { Wording } from '../prompts/rewordable.ts'
import { canonicalJson, contentId } from '../schemas/ids.ts'
import { settingParams } from './sampling.ts'
import type { Config, RoleSpec, Sampling } from './types.ts'

export { diffEditions, type EditionDifference, settingLines } from './edition-diff.ts'

/** A model at one setting, as far as it decides answers: no alias, endpoint or price. */
export interface Asked {
  readonly model: string
  readonly params: Readonly<Record<string, unknown>>
}

/** A section as written; not the configuration's own type, because another version may have recorded it. */
type Settings = Readonly<Record<string, unknown>>

/** The part of a configuration that changes results. Two configurations with equal content give equal datasets. */
export interface EditionContent {
  /** By sampler id. */
  readonly samplers: Readonly<Record<string, Asked & { readonly ordinal: number }>>
  /** By role; a role nobody has is left out. */
  readonly roles: Readonly<Record<string, Asked>>
  readonly triage: Settings
  readonly regenerate: Settings
  readonly verify: Settings
  /** Conditions that every record of the dataset meets; left out where there are none. */
  readonly filters?: readonly string[]
  /** Hashes by prompt name. */
  readonly prompts: Readonly<Record<string, string>>
  /** The words of those prompts that are not in Ninefold's own, by prompt name; left out where all are. */
  readonly wording?: Readonly<Record<string, Wording>>
}

/** An edition's content with its canonical JSON (what is recorded) and its hash (what is compared). */
export interface Edition {
  readonly hash: string
  readonly json: string
  readonly content: EditionContent
}

const editions = new WeakMap<Config, Edition>()

/**
 * The edition a configuration describes. Who scores, what and how is no part of it: scores are observations that nothing
 * is made of, and a dataset is the same whether it was looked at or not.
 */
export function editionOf(config: Config): Edition {
  // Every record is made with its hash.
  const edition = editions.get(config) ?? editionWith(contentOf(config))
  editions.set(config, edition)
  return edition
}

function contentOf(config: Config): EditionContent {
  const { score: _observer, ...makers } = config.roles
  const roles = Object.values(makers)
  const wording = ownWording(config.prompts)
  return {
    samplers: Object.fromEntries(
      config.samplers.map((sampler) => [sampler.samplerId, { ...asked(sampler), ordinal: sampler.ordinal }]),
    ),
    roles: Object.fromEntries(roles.map((role) => [role.role, asked(role)])),
    triage: { ...config.triage },
    regenerate: { ...config.regenerate },
    verify: { ...config.verify },
    ...(config.filters.length > 0 && { filters: config.filters }),
    prompts: promptHashes(config.prompts),
    ...(Object.keys(wording).length > 0 && { wording }),
  }
}

/** Sections of the file whose settings may decide results, as far as those of --set are concerned. */
const DECISIVE = /^(models|samplers|roles|triage|regenerate|verify|filters|prompts)(?=[.[=])/

/** Those settings (`key=value`) that an edition may have come out otherwise without. */
export function decisiveSettings(settings: readonly string[]): string[] {
  return settings.filter((setting) => DECISIVE.test(setting))
}

/**
 * An edition read back from its recorded JSON. Keys this version does not know are kept, so that they count in
 * the hash and show in a difference.
 * @throws {NinefoldError} NF_EDITION_UNREADABLE
 */
export function readEdition(json: string): Edition {
  try {
    return editionWith(recorded.parse(JSON.parse(json)))
  } catch (cause) {
    throw new NinefoldError(
      'NF_EDITION_UNREADABLE',
      'the recorded edition is not one that this version can read',
      'Use the version of Ninefold that wrote it, or start a new edition with --edition NAME.',
      { cause },
    )
  }
}

const askedShape = z.looseObject({ model: z.string(), params: z.record(z.string(), z.json()) })
const recorded = z.looseObject({
  samplers: z.record(z.string(), askedShape.extend({ ordinal: z.int() })),
  roles: z.record(z.string(), askedShape),
  triage: z.looseObject({}),
  regenerate: z.looseObject({}),
  verify: z.looseObject({}),
  filters: z.array(z.string()).optional(),
  prompts: z.record(z.string(), z.string()),
  wording: z.record(z.string(), z.looseObject({ system: z.string(), task: z.string() })).optional(),
})

function editionWith(content: EditionContent): Edition {
  return { hash: contentId('edition', content), json: canonicalJson(content), content }
}

function asked(spec: Sampling & Pick<RoleSpec, 'model'>): Asked {
  return { model: spec.model.model, params: settingParams(spec.model, spec) }
}
