/** A dataset rebuilt as users rebuild it, by the commands themselves, and what it took. */
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ExportSummary } from '../../export/export.ts'
import type { RunSummary } from '../../progress/run-summary.ts'
import type { Copied } from './copy.ts'
import type { Dataset } from './dataset.ts'
import { type Measured, type MeasureOptions, measured } from './measured-process.ts'

/** The figures of one command. */
export type Command = Omit<Measured<unknown>, 'said'>

/** `ninefold replay --from verdicts`, then `ninefold export`. */
export interface Rebuild {
  readonly verdicts: number
  /** Training records made. */
  readonly records: number
  readonly replay: Command
  readonly export: Command
}

/** A copy and a rebuild of the same topic, one after the other. */
export interface Round {
  readonly copy: Copied & Pick<Command, 'cpuSeconds' | 'brokerCpuSeconds'>
  readonly rebuild: Rebuild
}

const CLI = '../../cli/main.ts'

/**
 * Rebuilds a dataset as an edition of that name.
 * @throws when it is not the dataset that was to come out, or when anything had to be asked for it
 */
export async function rebuild(
  config: string,
  edition: string,
  dataset: Dataset,
  options: MeasureOptions,
): Promise<Rebuild> {
  const out = join(dirname(config), `export-${edition}`)
  const common = ['--config', config, '--edition', edition, '--json']
  const replay = await measured<RunSummary>(
    CLI,
    ['replay', '--from', 'verdicts', '--quiet', ...common],
    options,
  )
  const { calls, made } = replay.said
  if (calls > 0 || made.records !== dataset.records || made.unsolved !== dataset.unsolved) {
    throw new Error(
      `${edition} is another dataset: ${JSON.stringify(replay.said)} of ${JSON.stringify(dataset)}`,
    )
  }
  const exported = await measured<ExportSummary>(CLI, ['export', '--out', out, ...common], options)
  rmSync(out, { recursive: true })
  if (exported.said.records !== dataset.records) {
    throw new Error(`${exported.said.records} records were exported of ${dataset.records}`)
  }
  const { verdicts, records } = dataset
  return { verdicts, records, replay: figuresOf(replay), export: figuresOf(exported) }
}

/** Copies the dataset's verdicts, then rebuilds it. @throws as {@link rebuild} does */
export async function round(
  config: string,
  edition: string,
  dataset: Dataset,
  { brokers, ...options }: MeasureOptions & { readonly brokers: readonly string[] },
): Promise<Round> {
  const { verdicts, verdictsTopic } = dataset
  const args = [brokers.join(','), verdictsTopic, String(verdicts)]
  const { said, cpuSeconds, brokerCpuSeconds } = await measured<Copied>('copy.ts', args, options)
  if (said.records !== verdicts) throw new Error(`${said.records} records were copied of ${verdicts}`)
  const copy = { ...said, cpuSeconds, brokerCpuSeconds }
  return { copy, rebuild: await rebuild(config, edition, dataset, options) }
}

function figuresOf({ seconds, cpuSeconds, brokerCpuSeconds, maxRss, samples }: Measured<unknown>): Command {
  return { seconds, cpuSeconds, brokerCpuSeconds, maxRss, samples }
}
