/** The options every command that opens a pipeline has. */
import { type Command, InvalidArgumentError } from 'commander'
import { checkedEditionName } from '../config/names.ts'
import { isSetting } from '../config/settings.ts'

/** Where the configuration comes from. */
export interface ConfigurationOptions {
  readonly config: string
  /** Each `key=value`. */
  readonly set: readonly string[]
}

/** What all of them give. */
export interface PipelineOptions extends ConfigurationOptions {
  readonly edition: string
}

/** Adds `--config` and `--set`. */
export function withConfigurationOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'the configuration', 'ninefold.yaml')
    .option(
      '--set <key=value>',
      'a setting that goes before what the file says, e.g. triage.easy.maxErrors=3; may be given again',
      addSetting,
      [],
    )
}

/** Adds `--config`, `--set` and `--edition`. */
export function withPipelineOptions(command: Command): Command {
  return withConfigurationOptions(command).option(
    '--edition <name>',
    'the edition of the dataset',
    checkedEditionName,
    'main',
  )
}

function addSetting(setting: string, before: readonly string[]): string[] {
  if (isSetting(setting)) return [...before, setting]
  throw new InvalidArgumentError('Give a key and a value, e.g. --set triage.easy.maxErrors=3.')
}

/** Progress lines go to standard error, so that output can be piped. */
export function onProgress(line: string): void {
  console.error(line)
}
