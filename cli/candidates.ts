/** What may come next on a command line: commands, options, and values where they are known. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Argument, Command, Option } from 'commander'
import { type Config, parseConfig } from '../config/config.ts'
import { topicsOf } from '../plugins/topics.ts'
import { topology } from '../processors/topology.ts'
import { foldersIn } from '../stack/folders-in.ts'

/** Values that depend on the pipeline, by the name of the option or argument that takes them. */
const VALUES: Readonly<Record<string, (config: Config) => readonly string[]>> = {
  edition: editions,
  of: editions,
  only: steps,
  step: steps,
  topic: topicsOf,
}

/**
 * What the last word may be, given those before it.
 * @param words the command line without `ninefold`; the last is what was typed of the word in question
 * @returns nothing where only a file's name or a text of one's own can stand
 */
export function candidates(program: Command, words: readonly string[]): string[] {
  const current = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const { command, given, open } = parsed(program, before)
  const config = () => configOf(command, before)
  const found =
    open !== null
      ? valuesOf(open.attributeName(), open.argChoices, config)
      : wordsFor(command, given, current, config)
  return found.filter((word) => word.startsWith(current))
}

interface Parsed {
  readonly command: Command
  /** How many arguments were given. */
  readonly given: number
  /** The option that waits for its value. */
  readonly open: Option | null
}

/** Which command the words lead to, and what it waits for. */
function parsed(program: Command, words: readonly string[]): Parsed {
  let command = program
  let given = 0
  let open: Option | null = null
  for (const word of words) {
    const option = command.options.find(({ short, long }) => word === short || word === long)
    if (option !== undefined) open = option.required || option.optional ? option : null
    else if (word.startsWith('-')) open = null
    else if (open !== null) open = open.variadic ? open : null
    else {
      const next = command.commands.find((candidate) => candidate.name() === word)
      if (next === undefined) given++
      else command = next
    }
  }
  return { command, given, open }
}

function wordsFor(command: Command, given: number, current: string, config: () => Config | null): string[] {
  if (current.startsWith('-')) return flagsOf(command)
  const visible = command.createHelp().visibleCommands(command)
  if (visible.length > 0) return visible.map((candidate) => candidate.name())
  const argument = argumentAt(command, given)
  return argument === undefined ? flagsOf(command) : valuesOf(argument.name(), argument.argChoices, config)
}

function flagsOf(command: Command): string[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => long ?? [])
}

function argumentAt({ registeredArguments }: Command, given: number): Argument | undefined {
  const last = registeredArguments.at(-1)
  return registeredArguments[given] ?? (last?.variadic ? last : undefined)
}

function valuesOf(
  name: string,
  choices: readonly string[] | undefined,
  config: () => Config | null,
): string[] {
  if (choices !== undefined) return [...choices]
  const values = VALUES[name]
  const known = values === undefined ? null : config()
  return known === null || values === undefined ? [] : [...values(known)]
}

/** The configuration the line names, as far as it can be read; no processor of it is run for a completion. */
function configOf(command: Command, words: readonly string[]): Config | null {
  const { short, long, defaultValue } = command.options.find(({ long }) => long === '--config') ?? {}
  const at = words.findIndex((word) => word !== undefined && (word === short || word === long))
  const path = at < 0 ? String(defaultValue ?? 'ninefold.yaml') : (words[at + 1] ?? '')
  try {
    const config = parseConfig(readFileSync(path, 'utf8'), path)
    return { ...config, dataDir: resolve(dirname(path), config.dataDir) }
  } catch {
    return null
  }
}

/** Editions a worker of this machine has run. */
function editions({ dataDir, pipeline }: Config): string[] {
  const begin = `${pipeline}.`
  const names = workersFolders(dataDir).filter((name) => name.startsWith(begin))
  return [...new Set(['main', ...names.map((name) => name.slice(begin.length))])]
}

/** None where they cannot be read: a completion says nothing rather than fail. */
function workersFolders(dataDir: string): string[] {
  try {
    return foldersIn(resolve(dataDir, 'workers'))
  } catch {
    return []
  }
}

function steps(config: Config): string[] {
  const names = topology(config).map(({ title, step }) => title ?? step)
  return ['generate', ...names]
}
