/** `ninefold help`: a command's help, or a word on what holds for all of them. */
import type { Command } from 'commander'
import { nearest } from '../config/nearest.ts'
import { NinefoldError } from '../errors.ts'
import { EXIT_MEANINGS } from './exit-codes.ts'

/** What holds for all commands, by the word one asks for it with. */
export const HELP_TOPICS: Readonly<Record<string, string>> = {
  'exit-codes': `Exit codes of all commands:

${Object.entries(EXIT_MEANINGS)
  .map(([code, meaning]) => `${code.padStart(5)}  ${meaning}`)
  .join('\n')}

Whatever went wrong is on standard error, with a code in brackets, e.g. [NF_EDITION_CHANGED]: docs/errors.md explains
each.`,
  json: `Standard output holds the result and nothing else; what a command says meanwhile goes to standard error, so

  ninefold audit --json > audit.json

is safe. With --json the result is one JSON document. Commands that list (\`read\`, \`sql\`,
\`load --watch\`) write one JSON object a line. Keys are only ever added; numbers are plain numbers, money is in USD, ids
are strings, null means unknown. Read the exit code as well: with 3 the document is there and says what is left over.
See \`ninefold help exit-codes\`.`,
}

/** Adds the command `help`. */
export function register(program: Command): void {
  program
    .command('help')
    .description('what a command does, or: exit-codes, json')
    .argument('[words...]', `a command, or one of ${Object.keys(HELP_TOPICS).join(', ')}`)
    .action((words: string[]) => help(program, words))
}

function help(program: Command, words: readonly string[]): void {
  const topic = words.length === 1 ? HELP_TOPICS[words[0]!] : undefined
  if (topic !== undefined) console.log(topic)
  else commandAt(program, words).outputHelp()
}

function commandAt(program: Command, words: readonly string[]): Command {
  let command = program
  for (const word of words) {
    const found = command.commands.find((candidate) => candidate.name() === word)
    if (found === undefined) throw unknown(command, word)
    command = found
  }
  return command
}

function unknown(command: Command, word: string): NinefoldError {
  const names = command
    .createHelp()
    .visibleCommands(command)
    .map((visible) => visible.name())
  const known = command.parent === null ? [...names, ...Object.keys(HELP_TOPICS)] : names
  const meant = nearest(word, known)
  return new NinefoldError(
    'NF_HELP_UNKNOWN',
    `there is no help on ${JSON.stringify(word)}${meant === null ? '' : `; did you mean ${meant}?`}`,
    known.length === 0 ? `${command.name()} has no commands of its own.` : `There is: ${known.join(', ')}.`,
  )
}
