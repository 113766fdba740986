import type { Prompts } from '../prompts/prompts.ts'
import { resolveKafka, resolveRegistry } from './cluster.ts'
import { resolveControls } from './controls.ts'
import { databaseOf } from './names.ts'
import { resolveQuestionSource } from './question-sources.ts'
import { resolveFields } from './request-fields.ts'
import { expandSamplers } from './samplers.ts'
import { fixedParams, samplingOf } from './sampling.ts'
import type { ConfigFile, ModelEntry, RoleEntry } from './schema.ts'
import { resolveTriage } from './triage.ts'
import type { Clickhouse, Config, Endpoint, ModelSpec, Role, RoleSpec } from './types.ts'

/** A model without what samplers and roles resolve for themselves. */
export function resolveModel(name: string, entry: ModelEntry): ModelSpec {
  const { endpoint, model, price } = entry
  const endpoints = [endpoint].flat()
  return { name, endpoints, model, params: fixedParams(entry.params), price: price ?? null }
}

/** The file with names resolved and defaults filled in; meant for a file in which no problem was found. */
export function resolveConfig(file: ConfigFile, edition: string, prompts: Prompts): Config {
  const models = mapped(file.models, resolveModel)
  const named = (name: string) => {
    const [spec, entry] = [models[name], file.models[name]]
    return spec && entry && { spec, entry }
  }
  const placed = expandSamplers(file.samplers, named, prompts.generate.hash)
  return {
    pipeline: file.pipeline,
    edition,
    settings: [],
    endpoints: mapped(file.endpoints, resolveEndpoint),
    models,
    samplers: placed.map(({ sampler }) => sampler),
    roles: resolveRoles(file, models),
    triage: resolveTriage(file.triage, placed.length),
    regenerate: file.regenerate,
    verify: { minCharacters: file.verify.minCharacters },
    controls: resolveControls(file.verify.controls),
    prompts,
    score: file.score,
    deadLetters: file.deadLetters,
    budgetUsd: file.budget?.usd ?? null,
    roleBudgetsUsd: file.budget?.roles ?? {},
    kafka: resolveKafka(file.kafka),
    registry: resolveRegistry(file.registry),
    clickhouse: resolveClickhouse(file),
    monitor: file.monitor ?? null,
    sources: file.sources.map(resolveQuestionSource),
    export: file.export,
    filters: file.filters,
    dataDir: file.data,
    processorFiles: file.processors,
    plugins: [],
  }
}

function resolveEndpoint(name: string, entry: ConfigFile['endpoints'][string]): Endpoint {
  return {
    name,
    baseURL: entry.baseURL?.replace(/\/+$/, '') ?? '',
    simulated: resolveSimulated(entry.simulated),
    apiKeyEnv: entry.apiKeyEnv ?? null,
    maxConcurrency: entry.maxConcurrency,
    requestsPerMinute: entry.requestsPerMinute ?? null,
    tokensPerMinute: entry.tokensPerMinute ?? null,
    timeoutSeconds: entry.timeoutSeconds,
    headers: resolveFields(entry.headers, (header) => header.toLowerCase()),
    query: resolveFields(entry.query),
    giveUp: entry.giveUp,
  }
}

function resolveSimulated(simulated: ConfigFile['endpoints'][string]['simulated']): Endpoint['simulated'] {
  if (typeof simulated === 'object') return simulated
  return simulated ? { latencyMs: 0 } : null
}

function resolveClickhouse({ clickhouse, pipeline }: ConfigFile): Clickhouse {
  if (clickhouse === false) return { kind: 'off' }
  const database = databaseOf(pipeline)
  if (clickhouse === undefined) return { kind: 'local', database }
  return {
    kind: 'server',
    url: clickhouse.url.replace(/\/+$/, ''),
    user: clickhouse.user,
    passwordEnv: clickhouse.passwordEnv ?? null,
    database: clickhouse.database ?? database,
    cluster: clickhouse.cluster ?? null,
  }
}

function resolveRoles({ roles, models }: ConfigFile, specs: Record<string, ModelSpec>): Config['roles'] {
  const resolved = (role: Role, entry: RoleEntry): RoleSpec => {
    const wish = typeof entry === 'string' ? { model: entry } : entry
    const [model, params] = [specs[wish.model], models[wish.model]?.params]
    if (!model || !params) throw new Error(`role ${role}: model ${wish.model} was not checked`)
    return { role, model, ...samplingOf(wish, params) }
  }
  return {
    verify: resolved('verify', roles.verify),
    rank: resolved('rank', roles.rank),
    refine: resolved('refine', roles.refine),
    regenerate: resolved('regenerate', roles.regenerate),
    summarize: resolved('summarize', roles.summarize),
    score: roles.score === undefined ? null : resolved('score', roles.score),
  }
}

function mapped<From, To>(
  from: Record<string, From>,
  change: (name: string, value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, change(name, value)]))
}
