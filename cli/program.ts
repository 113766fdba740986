/** The command line as a tree: every command, under the heading its help lists it. */
import { Command } from 'commander'
import { codeVersion } from '../pipeline/editions.ts'
import { register as analytics } from './analytics.ts'
import { register as archive } from './archive.ts'
import { register as audit } from './audit.ts'
import { register as batches } from './batches.ts'
import { register as completion } from './completion.ts'
import { register as deadLetters } from './dead-letters.ts'
import { register as demo } from './demo.ts'
import { register as down } from './down.ts'
import { register as editions } from './editions.ts'
import { EXIT } from './exit-codes.ts'
import { register as exportRecords } from './export.ts'
import { addGuide } from './guide.ts'
import { register as help } from './help.ts'
import { register as init } from './init.ts'
import { register as load } from './load.ts'
import { register as preview } from './preview.ts'
import { register as push } from './push.ts'
import { register as read } from './read.ts'
import { register as replay } from './replay.ts'
import { register as report } from './report.ts'
import { register as run } from './run.ts'
import { register as score } from './score.ts'
import { register as serve } from './serve.ts'
import { register as show } from './show.ts'
import { register as simulate } from './simulate.ts'
import { register as sql } from './sql.ts'
import { register as status } from './status.ts'
import { register as topics } from './topics.ts'
import { register as topology } from './topology.ts'
import { register as unsolved } from './unsolved.ts'
import { register as up } from './up.ts'
import { register as validate } from './validate.ts'
import { register as withdraw } from './withdraw.ts'

/** In the order somebody new meets them. */
const GROUPS: Readonly<Record<string, readonly ((program: Command) => void)[]>> = {
  'Begin:': [init, validate, preview, demo],
  'Make a dataset:': [load, serve, withdraw, run, exportRecords, push, replay, editions],
  'Look into it:': [report, score, batches, show, deadLetters, unsolved, topics, sql, audit, read, topology],
  'Local services:': [up, down, status, analytics, archive, simulate],
  'Help:': [completion, help],
}

/** The whole command line. A line that is not understood ends the process with {@link EXIT}.usage. */
export function createProgram(): Command {
  const program = new Command('ninefold')
    .description('Makes verified reasoning datasets as a stream.')
    .version(codeVersion())
    .helpCommand(false)
    .showHelpAfterError('Add --help to see what there is.')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.clean : EXIT.usage))
  for (const [heading, commands] of Object.entries(GROUPS)) {
    program.commandsGroup(heading)
    for (const register of commands) register(program)
  }
  addGuide(program)
  return program
}
