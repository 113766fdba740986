/** Looks at everything a run needs, and tells all that is wrong with it at once. */
import { loadConfig } from '../config/config.ts'
import type { Config } from '../config/types.ts'
import { clusterFindings } from './cluster.ts'
import { promptFindings, schemaFindings } from './compiled.ts'
import { costOf, endpointFindings, probeAll } from './endpoints.ts'
import { environmentFindings } from './environment.ts'
import { type Finding, faultsOf, fine } from './finding.ts'
import type { Probe } from './probe.ts'
import { sourceFindings } from './sources.ts'
import { spendingFindings } from './spending.ts'
import { type Summary, summaryOf } from './summary.ts'

/** What to look at. */
export interface ValidateOptions {
  /** Path of ninefold.yaml. */
  readonly config: string
  readonly edition?: string
  /** Settings that go before the file's, each `key=value`. */
  readonly set?: readonly string[]
  /** Make a small call to every model. */
  readonly endpoints: boolean
  /** Look whether Kafka and the registry answer. */
  readonly cluster: boolean
  /** Told before the calls are made. */
  readonly beforeCalls?: (config: Config) => void
  readonly environment?: NodeJS.ProcessEnv
}

/** What was found. */
export interface Validation {
  readonly findings: readonly Finding[]
  /** null when the configuration could not be read. */
  readonly summary: Summary | null
  /** null when no calls were made. */
  readonly probes: readonly Probe[] | null
  /** What the calls cost, in billionths of a US dollar; null = unknown, or none were made. */
  readonly costNanoUsd: number | null
}

/** Never throws for what is wrong with the pipeline: that is what it tells. */
export async function validate(options: ValidateOptions): Promise<Validation> {
  const { environment = process.env } = options
  let config: Config
  try {
    const { edition, set } = options
    config = await loadConfig(options.config, { edition, set })
  } catch (error) {
    return { findings: faultsOf('config', error), summary: null, probes: null, costNanoUsd: null }
  }
  const findings = [
    fine('config', `${options.config} is sound`),
    ...environmentFindings(config, environment),
    ...(await sourceFindings(config)),
    ...promptFindings(config),
    ...schemaFindings(config),
    ...spendingFindings(config),
    ...(options.cluster ? await clusterFindings(config) : []),
  ]
  if (options.endpoints) options.beforeCalls?.(config)
  const probes = options.endpoints ? await probeAll(config, environment) : null
  return {
    findings: [...findings, ...(probes ?? []).flatMap(endpointFindings)],
    summary: summaryOf(config),
    probes,
    costNanoUsd: probes === null ? null : costOf(probes),
  }
}
