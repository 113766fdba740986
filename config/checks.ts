import type { IssueDetail, KeyPath, Problem } from './errors.ts'
import { nearest } from './nearest.ts'
import { expandSamplers, type NamedModel, type PlacedSampler } from './samplers.ts'
import { contradiction, type SamplingWish } from './sampling.ts'
import type { ConfigFile } from './schema.ts'
import { checkSimulated } from './simulated.ts'
import type { Source } from './source.ts'
import { triageFaults } from './triage.ts'

/** Those sections of the file that are sound in themselves. */
export type SoundSections = Partial<ConfigFile>

/**
 * What only shows when sections are held against each other. Runs on whatever sections are sound, so that one
 * reading of the file tells as much as possible.
 */
export function crossProblems(
  file: SoundSections,
  source: Source,
  modelNamed: (name: string) => NamedModel | undefined,
): Problem[] {
  const found: Problem[] = []
  const report = (path: KeyPath, detail: IssueDetail, at?: 'key' | 'value') =>
    void found.push(source.problem(path, detail, at))
  checkNames(source, report)
  checkSimulated(file, report)
  checkWishes(file, modelNamed, report)
  if (file.samplers && file.models) {
    // Equal settings are equal samplers, whatever they are asked with.
    checkSamplers(expandSamplers(file.samplers, modelNamed, ''), report)
  }
  if (file.samplers && file.triage) {
    for (const { path, ...detail } of triageFaults(file.triage, pathsOf(file.samplers))) report(path, detail)
  }
  checkBudget(file, report)
  checkReplication(file, report)
  return found
}

/** Tells a problem at a key or at what it holds. */
export type Report = (path: KeyPath, detail: IssueDetail, at?: 'key' | 'value') => void

/** Works on the raw data, because a name is worth checking even where its section has other faults. */
function checkNames({ value }: Source, report: Report): void {
  const endpoints = Object.keys(entriesOf(value, 'endpoints'))
  const models = entriesOf(value, 'models')
  for (const [name, model] of Object.entries(models)) {
    checkEndpoints(field(model, 'endpoint'), endpoints, ['models', name, 'endpoint'], report)
  }
  const known = Object.keys(models)
  const samplers = field(value, 'samplers')
  for (const [index, sampler] of (Array.isArray(samplers) ? samplers : []).entries()) {
    checkName('model', field(sampler, 'model'), known, ['samplers', index, 'model'], report)
  }
  for (const [role, given] of Object.entries(entriesOf(value, 'roles'))) {
    if (typeof given === 'string') checkName('model', given, known, ['roles', role], report)
    else checkName('model', field(given, 'model'), known, ['roles', role, 'model'], report)
  }
}

function checkEndpoints(given: unknown, known: readonly string[], path: KeyPath, report: Report): void {
  if (!Array.isArray(given)) {
    checkName('endpoint', given, known, path, report)
    return
  }
  for (const [place, name] of given.entries()) {
    checkName('endpoint', name, known, [...path, place], report)
    if (given.indexOf(name) === place || typeof name !== 'string') continue
    report([...path, place], {
      code: 'NF_CONFIG_VALUE',
      what: `endpoint \`${name.slice(0, 60)}\` is named above already`,
      remedy: 'Name each endpoint once; how many calls one gets is for its `maxConcurrency` to say.',
    })
  }
}

function checkName(
  kind: 'endpoint' | 'model',
  name: unknown,
  known: readonly string[],
  path: KeyPath,
  report: Report,
): void {
  if (typeof name !== 'string' || known.includes(name)) return
  const meant = nearest(name, known)
  const hint = meant === null ? '' : `; did you mean \`${meant}\`?`
  report(path, {
    code: kind === 'model' ? 'NF_CONFIG_UNKNOWN_MODEL' : 'NF_CONFIG_UNKNOWN_ENDPOINT',
    what: `there is no ${kind} \`${name.slice(0, 60)}\` under \`${kind}s\`${hint}`,
    remedy: known.length === 0 ? `Describe it under \`${kind}s\`.` : `Known are: ${known.join(', ')}.`,
  })
}

function checkWishes(
  file: SoundSections,
  modelNamed: (name: string) => NamedModel | undefined,
  report: Report,
): void {
  const check = (name: string, wish: SamplingWish, path: KeyPath) => {
    const found = contradiction(wish, modelNamed(name)?.entry.params ?? {})
    if (!found) return
    report([...path, found.key], { code: 'NF_CONFIG_SAMPLING', what: found.what, remedy: found.remedy })
  }
  for (const [index, { temperature, ...entry }] of (file.samplers ?? []).entries()) {
    const first = Array.isArray(temperature) ? temperature[0] : temperature
    check(entry.model, { ...entry, temperature: first }, ['samplers', index])
  }
  for (const [role, entry] of Object.entries(file.roles ?? {})) {
    if (typeof entry === 'object') check(entry.model, entry, ['roles', role])
  }
}

function checkSamplers(placed: readonly PlacedSampler[], report: Report): void {
  const byId = new Map<string, PlacedSampler>()
  const byName = new Map<string, PlacedSampler>()
  const reported = new Set<string>()
  for (const one of placed) {
    const { samplerId, name } = one.sampler
    const place = JSON.stringify(one.path)
    const fault = byId.has(samplerId) ? sameSampler(one) : byName.has(name) ? sameName(name) : null
    if (fault && !reported.has(place)) report(one.path, fault)
    if (fault) reported.add(place)
    byId.set(samplerId, one)
    byName.set(name, one)
  }
}

function sameSampler({ sampler }: PlacedSampler): IssueDetail {
  return {
    code: 'NF_CONFIG_DUPLICATE_SAMPLER',
    what: `this repeats a sampler above: ${sampler.model.model} at the very same setting (aliases and endpoints do not count)`,
    remedy: 'Delete it; for more paths at one setting write `paths: 2` (or more) on a single entry.',
  }
}

function sameName(name: string): IssueDetail {
  return {
    code: 'NF_CONFIG_DUPLICATE_SAMPLER',
    what: `two different samplers would both be called ${name}`,
    remedy: 'Rename one of the models under `models`.',
  }
}

/** A limit that holds calls of a model whose price is unknown: the edition's holds all, a role's its own. */
function checkBudget({ budget, models, samplers, roles, verify }: SoundSections, report: Report): void {
  if (!budget || !models) return
  const ofRoles = Object.entries(roles ?? {}).map(([role, entry]) => {
    return { role, model: typeof entry === 'string' ? entry : entry?.model }
  })
  const judges = verify?.controls === undefined ? [] : ofRoles.filter(({ role }) => role === 'verify')
  const used = [
    ...(samplers ?? []).map(({ model }) => ({ role: 'generate', model })),
    ...ofRoles,
    ...judges.map(({ model }) => ({ role: 'control', model })),
  ]
  const limited = new Map(Object.entries(budget.roles ?? {}))
  for (const [name, model] of Object.entries(models)) {
    if (model.price) continue
    const uses = used.filter((use) => use.model === name)
    const held = budget.usd === undefined ? uses.find(({ role }) => limited.has(role)) : uses[0]
    if (held === undefined) continue
    const what = budget.usd === undefined ? `a budget is set for ${held.role}, and` : 'a budget is set, and'
    report(
      ['models', name, 'price'],
      {
        code: 'NF_CONFIG_UNKNOWN_PRICE',
        what: `${what} this model is used, but its price is unknown, so spending could not be counted`,
        remedy: `Write \`price: { input: ..., output: ... }\` in USD per million tokens (0 for your own hardware), or delete \`${budget.usd === undefined ? `budget.roles.${held.role}` : 'budget'}\`.`,
      },
      'key',
    )
  }
}

function checkReplication({ kafka }: SoundSections, report: Report): void {
  if (!kafka || kafka.brokers || kafka.replication === 1) return
  report(['kafka', 'replication'], {
    code: 'NF_CONFIG_VALUE',
    what: `the local stack has a single broker and cannot keep ${kafka.replication} copies`,
    remedy: 'Name your `brokers`, or delete `replication`.',
  })
}

function pathsOf(samplers: NonNullable<SoundSections['samplers']>): number {
  return samplers.reduce(
    (sum, { temperature, paths }) => sum + paths * (Array.isArray(temperature) ? temperature.length : 1),
    0,
  )
}

function entriesOf(value: unknown, key: string): Record<string, unknown> {
  const section = field(value, key)
  const isMapping = typeof section === 'object' && section !== null && !Array.isArray(section)
  return isMapping ? (section as Record<string, unknown>) : {}
}

function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Record<string, unknown>)[key]
}
