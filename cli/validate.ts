/** `ninefold validate`: everything a run needs, looked at before it runs. */
import type { Command } from 'commander'
import type { Config } from '../config/types.ts'
import { mostNanoUsd } from '../models/cost.ts'
import { simulatedNotice } from '../pipeline/simulated-endpoints.ts'
import { counted, dollars } from '../terminal/numbers.ts'
import { styleFor } from '../terminal/style.ts'
import { PROBE_TOKENS, probeTargets } from '../validate/probe.ts'
import { levelCount, validationScreen } from '../validate/screen.ts'
import { type Validation, validate } from '../validate/validate.ts'
import { EXIT } from './exit-codes.ts'
import { onProgress, type PipelineOptions, withPipelineOptions } from './session-options.ts'

interface ValidateFlags extends PipelineOptions {
  readonly endpoints?: boolean
  readonly cluster?: boolean
  readonly json?: boolean
}

/** Adds the command `validate`. */
export function register(program: Command): void {
  withPipelineOptions(program.command('validate'))
    .description('check the configuration, and what it names: all that is wrong, at once')
    .option('--endpoints', 'make one small call to each model: is it there, does it answer, what can it do')
    .option('--cluster', 'look whether Kafka and the schema registry answer')
    .option('--json', 'print everything found as JSON')
    .addHelpText(
      'after',
      `
Without --endpoints and --cluster nothing is asked and nothing is started. Keys are never shown.

Exit codes: 0 it can run; 1 something is wrong.`,
    )
    .action(run)
}

async function run({
  config,
  edition,
  set,
  endpoints = false,
  cluster = false,
  json,
}: ValidateFlags): Promise<void> {
  const found = await validate({ config, edition, set, endpoints, cluster, beforeCalls })
  console.log(
    json ? JSON.stringify(asJson(found), null, 2) : validationScreen(config, found, styleFor(process.stdout)),
  )
  if (levelCount(found.findings, 'error') > 0) process.exitCode = EXIT.failed
}

/** A prompt of a few sentences with its schema, in bytes; a probe's body is never longer. */
const PROBE_BYTES = 1_500

/** Says what the calls can cost. */
function beforeCalls(config: Config): void {
  const simulated = Object.values(config.endpoints).filter((endpoint) => endpoint.simulated !== null)
  if (simulated.length > 0) onProgress(simulatedNotice(simulated.map(({ name }) => name)))
  const targets = probeTargets(config)
  const prices = targets.filter(({ endpoint }) => endpoint.simulated === null).map(({ model }) => model.price)
  const most = prices.reduce<number | null>(
    (sum, price) =>
      sum === null || price === null ? null : sum + mostNanoUsd(PROBE_BYTES, PROBE_TOKENS, price),
    0,
  )
  const cost = most === null ? 'an unknown amount, since prices are' : `${dollars(most)} at most`
  onProgress(`making ${counted(targets.length, 'small call')}: ${cost}`)
}

function asJson({ findings, summary, probes, costNanoUsd }: Validation) {
  const inUsd = (nanoUsd: number | null) => (nanoUsd === null ? null : nanoUsd / 1e9)
  return {
    ok: levelCount(findings, 'error') === 0,
    errors: levelCount(findings, 'error'),
    warnings: levelCount(findings, 'warning'),
    findings,
    summary,
    endpoints:
      probes?.map(({ failure, costNanoUsd: cost, ...probe }) => ({
        ...probe,
        failure: failure?.message ?? null,
        usd: inUsd(cost),
      })) ?? null,
    usd: inUsd(costNanoUsd),
  }
}
