import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { NinefoldError } from '../errors.ts'
import type { ProcessorPlugin } from '../plugins/define.ts'
import { checkPlugins, importPlugins } from '../plugins/load.ts'
import { tokenFolder } from '../stack/engine-tokens.ts'
import { crossProblems, type SoundSections } from './checks.ts'
import { withAbsoluteFiles, withEnvironmentAddresses } from './cluster.ts'
import { readEnvFile } from './env-file.ts'
import { ConfigError, type Problem, placeOf } from './errors.ts'
import { exportFrom } from './export.ts'
import { readControls } from './given-controls.ts'
import { problemsOf } from './issues.ts'
import { checkedEditionName } from './names.ts'
import { objectSource } from './object-source.ts'
import { resolvePrompts } from './prompts.ts'
import { sourceFrom } from './question-sources.ts'
import { resolveConfig, resolveModel } from './resolve.ts'
import { type ConfigFile, type ConfigInput, configFile } from './schema.ts'
import { withSettings } from './settings.ts'
import { readSource, type Source } from './source.ts'
import type { Config } from './types.ts'

export type * from './types.ts'

/** What the file does not say itself. */
export interface ConfigOptions {
  /** Name of the edition to run; `main` when left out. */
  readonly edition?: string
  /** Settings that go before the file's, each `key=value` (settings.ts). */
  readonly set?: readonly string[]
  /** Processors to plug in beside those the configuration names. */
  readonly plugins?: readonly ProcessorPlugin[]
}

/**
 * Reads and checks a configuration, and imports the processors it plugs in. Paths become absolute, seen from the
 * file's folder, so that a command does the same from wherever it is started; an object's from the working folder.
 * A `.env` beside the file is taken into the environment.
 * @param from path of a configuration file, or what such a file would hold
 * @throws {NinefoldError} NF_CONFIG_NOT_READABLE, NF_ENV_FILE, NF_EDITION_NAME, NF_PROCESSOR_FILE,
 * NF_PROCESSOR_EXPORT, NF_PROCESSOR_INVALID, NF_CONTROLS_FILE, NF_SOURCE_UNREADABLE
 * @throws {ConfigError} every problem of the configuration at once
 */
export async function loadConfig(from: string | ConfigInput, options: ConfigOptions = {}): Promise<Config> {
  const source = typeof from === 'string' ? readSource(await read(from), from) : objectSource(from)
  if (typeof from === 'string') readEnvFile(from)
  const folder = typeof from === 'string' ? dirname(from) : '.'
  const config = checkConfig(source, folder, options)
  const dataDir = resolve(folder, config.dataDir)
  const processorFiles = config.processorFiles.map((file) => resolve(folder, file))
  const given = (options.plugins ?? []).map((plugin) => ({ plugin, place: 'a processor of `plugins`' }))
  return {
    ...withEnvironmentAddresses(withTokens(withAbsoluteFiles(config, folder), dataDir), process.env),
    sources: config.sources.map((source) => sourceFrom(folder, source)),
    export: exportFrom(folder, config.export),
    dataDir,
    controls: await controlsOf(config, folder),
    processorFiles,
    plugins: checkPlugins([...(await importPlugins(processorFiles)), ...given]),
  }
}

async function controlsOf({ controls }: Config, folder: string): Promise<Config['controls']> {
  if (controls === null || controls.file === null) return controls
  const file = resolve(folder, controls.file)
  return { ...controls, file, given: await readControls(file) }
}

/** The engine of the stack in the data folder has its tokens there. */
function withTokens(config: Config, dataDir: string): Config {
  const { clickhouse } = config
  if (clickhouse.kind !== 'local') return config
  return { ...config, clickhouse: { ...clickhouse, tokens: tokenFolder(dataDir) } }
}

function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw notReadable(path, cause)
  })
}

/**
 * Checks the text of a configuration file and fills in the defaults. Of the files it names only the words of prompts
 * are read, seen from the folder of `fileName`.
 * @throws {NinefoldError} NF_EDITION_NAME
 * @throws {ConfigError} every problem of the text at once, each with line, column, key and remedy
 */
export function parseConfig(text: string, fileName: string, options: ConfigOptions = {}): Config {
  return checkConfig(readSource(text, fileName), dirname(fileName), options)
}

function checkConfig(given: Source, folder: string, options: ConfigOptions): Config {
  const source = withSettings(given, options.set ?? [])
  const edition = checkedEditionName(options.edition ?? 'main')
  const parsed = configFile.safeParse(source.value)
  const sound = parsed.success ? parsed.data : soundSections(source, parsed.error.issues)
  const shape = parsed.success ? [] : problemsOf(parsed.error.issues, configFile, source)
  const taken = new Set(shape.map(placeOf))
  // A value that is refused already needs no second complaint.
  const cross = crossProblems(sound, source, modelNamed(sound)).filter(
    (problem) => !taken.has(placeOf(problem)),
  )
  const wording: Problem[] = []
  const prompts = resolvePrompts(
    sound.prompts,
    folder,
    (path, detail) => void wording.push(source.problem(path, detail)),
  )
  const problems = [...source.problems, ...shape, ...cross, ...wording]
  if (problems.length > 0 || !parsed.success) throw new ConfigError(source.fileName, problems)
  return {
    ...resolveConfig(parsed.data, edition, prompts),
    settings: options.set ?? [],
  }
}

function modelNamed({ models = {} }: SoundSections) {
  return (name: string) => {
    const entry = Object.hasOwn(models, name) ? models[name] : undefined
    return entry && { entry, spec: resolveModel(name, entry) }
  }
}

function soundSections({ value }: Source, issues: readonly { path: PropertyKey[] }[]): SoundSections {
  const broken = new Set(issues.map((issue) => issue.path[0]))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  const raw = value as Record<string, unknown>
  const keys = Object.keys(configFile.shape) as (keyof ConfigFile)[]
  const pairs = keys
    .filter((key) => !broken.has(key))
    .map((key) => [key, configFile.shape[key].parse(raw[key])] as const)
  return Object.fromEntries(pairs)
}

function notReadable(path: string, cause: unknown): NinefoldError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
  return new NinefoldError(
    'NF_CONFIG_NOT_READABLE',
    reason === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read (${reason})`,
    'Name a readable file with --config, or change into the folder that holds ninefold.yaml.',
    { cause },
  )
}
