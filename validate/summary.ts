/** What a pipeline is, on one screen: who writes, who judges, what decides, and where it all goes. */
import { askingsOf } from '../config/askings.ts'
import { editionOf } from '../config/edition.ts'
import type { Config } from '../config/types.ts'
import { PROMPT_NAMES } from '../prompts/prompts.ts'
import { inColumns } from '../terminal/columns.ts'

/** The same as data. */
export interface Summary {
  readonly pipeline: string
  readonly edition: string
  /** Of all that changes results. */
  readonly editionHash: string
  readonly sources: readonly string[]
  readonly samplers: readonly { name: string; model: string; temperature: number | null }[]
  /** Model strings by role. */
  readonly roles: Readonly<Record<string, string>>
  /** Prompts in words of the user's own: their versions by name. */
  readonly ownPrompts: Readonly<Record<string, string>>
  readonly triage: Config['triage']
  readonly regenerate: Config['regenerate']
  readonly budgetUsd: number | null
  readonly endpoints: readonly { name: string; baseURL: string | null; simulated: boolean }[]
  /** null = the local stack. */
  readonly brokers: readonly string[] | null
  readonly registry: string | null
  readonly clickhouse: string
  readonly processors: readonly string[]
}

/** What the configuration says. */
export function summaryOf(config: Config): Summary {
  const { samplers, endpoints, kafka, registry, clickhouse } = config
  const roles = askingsOf(config).filter(({ step }) => step !== 'generate')
  return {
    pipeline: config.pipeline,
    edition: config.edition,
    editionHash: editionOf(config).hash,
    sources: config.sources.map(({ path }) => path),
    samplers: samplers.map(({ name, model, temperature }) => ({ name, model: model.model, temperature })),
    roles: Object.fromEntries(roles.map(({ step, model }) => [step, model.model])),
    ownPrompts: ownPromptsOf(config),
    triage: config.triage,
    regenerate: config.regenerate,
    budgetUsd: config.budgetUsd,
    endpoints: Object.values(endpoints).map(({ name, baseURL, simulated }) => ({
      name,
      baseURL: simulated === null ? baseURL : null,
      simulated: simulated !== null,
    })),
    brokers: kafka.brokers,
    registry: registry?.url ?? null,
    clickhouse: clickhouse.kind === 'server' ? clickhouse.url : clickhouse.kind,
    processors: config.plugins.map(({ processor }) => processor.step),
  }
}

function ownPromptsOf({ prompts }: Config): Record<string, string> {
  const own = PROMPT_NAMES.filter((name) => prompts[name].isOwn)
  return Object.fromEntries(own.map((name) => [name, prompts[name].promptVersion]))
}

/** The summary as lines. */
export function summaryLines(summary: Summary): string[] {
  const { samplers, roles, endpoints, sources, brokers, registry, clickhouse, processors } = summary
  const byModel = Map.groupBy(samplers, ({ model }) => model)
  const paths = [...byModel].map(([model, group]) => `${group.length} by ${model} ${degrees(group)}`)
  const servers = endpoints.map(
    ({ name, baseURL, simulated }) => `${name}: ${simulated ? 'SIMULATED' : baseURL}`,
  )
  const list = (title: string, values: readonly string[]) =>
    values.map((value, index) => [index === 0 ? title : '', value])
  return inColumns([
    ['pipeline', `${summary.pipeline}, edition ${summary.edition}, hash ${summary.editionHash}`],
    ...list('questions', sources.length === 0 ? ['none named; load them'] : sources),
    ...list('endpoints', servers),
    ...list('paths', [`${samplers.length} a question`, ...paths]),
    ...list(
      'roles',
      Object.entries(roles).map(([role, model]) => `${role.padEnd(10)} ${model}`),
    ),
    ...list(
      'prompts',
      Object.entries(summary.ownPrompts).map(
        ([name, version]) => `${name.padEnd(11)} your own words, ${version}`,
      ),
    ),
    ...list('tiers', tierLines(summary)),
    ['budget', summary.budgetUsd === null ? 'no limit' : `stops at $${summary.budgetUsd}`],
    [
      'log',
      brokers === null
        ? 'the local stack'
        : `${brokers.join(', ')}; schemas at ${registry ?? 'the local registry'}`,
    ],
    ['analytics', ANALYTICS[clickhouse] ?? clickhouse],
    ...list('processors', processors),
  ])
}

const ANALYTICS: Readonly<Record<string, string>> = { local: 'the local engine', off: 'none' }

function degrees(group: Summary['samplers']): string {
  const values = [...new Set(group.map(({ temperature }) => temperature))]
  return values.every((value) => value === null)
    ? ''
    : `at temperature ${values.map((v) => v ?? 'none').join(', ')}`
}

function tierLines({ samplers, triage, regenerate }: Summary): string[] {
  const { easyMaxErrors, mediumMaxErrors, missing } = triage
  const range = (from: number, to: number) => (from === to ? `${from}` : `${from}-${to}`)
  const { tries, showKey } = regenerate
  const key = { never: 'never shown', lastTry: 'shown at the last try', always: 'shown at every try' }[
    showKey
  ]
  return [
    `easy       ${range(0, easyMaxErrors)} of ${samplers.length} wrong: the best two are kept`,
    `medium     ${range(easyMaxErrors + 1, mediumMaxErrors)} wrong: the best two are mended`,
    `difficult  ${range(mediumMaxErrors + 1, samplers.length)} wrong: written anew, up to ${tries} tries, the key ${key}`,
    `missing    ${missing === 'tierOnRest' ? `tierOnRest, from ${triage.minVerdicts} verdicts on` : missing}`,
  ]
}
