/** The command line as a tree: every command, under the heading its help lists it. */
import { Command } from 'commander'
import { codeVersion } from '../config/code-version.ts'
import { EXIT } from './exit-codes.ts'
import { addGuide } from './guide.ts'

/** A command's file. */
type Load = () => Promise<{ readonly register: (program: Command) => void }>

/**
 * In the order somebody new meets them. All of them together take half a second to load, of which most commands need a
 * small part.
 */
const GROUPS: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  'Begin:': {
    init: () => import('./init.ts'),
    validate: () => import('./validate.ts'),
    preview: () => import('./preview.ts'),
    demo: () => import('./demo.ts'),
  },
  'Make a dataset:': {
    load: () => import('./load.ts'),
    serve: () => import('./serve.ts'),
    withdraw: () => import('./withdraw.ts'),
    run: () => import('./run.ts'),
    export: () => import('./export.ts'),
    push: () => import('./push.ts'),
    replay: () => import('./replay.ts'),
    editions: () => import('./editions.ts'),
  },
  'Look into it:': {
    report: () => import('./report.ts'),
    score: () => import('./score.ts'),
    batches: () => import('./batches.ts'),
    show: () => import('./show.ts'),
    'dead-letters': () => import('./dead-letters.ts'),
    unsolved: () => import('./unsolved.ts'),
    topics: () => import('./topics.ts'),
    sql: () => import('./sql.ts'),
    audit: () => import('./audit.ts'),
    read: () => import('./read.ts'),
    topology: () => import('./topology.ts'),
  },
  'Local services:': {
    up: () => import('./up.ts'),
    down: () => import('./down.ts'),
    status: () => import('./status.ts'),
    analytics: () => import('./analytics.ts'),
    archive: () => import('./archive.ts'),
    simulate: () => import('./simulate.ts'),
  },
  'Help:': {
    completion: () => import('./completion.ts'),
    help: () => import('./help.ts'),
  },
}
/** What these tell of are the other commands. */
const OF_ALL = new Set(['completion', 'help'])

/**
 * The command line. A line that is not understood ends the process with {@link EXIT}.usage.
 * @param first the first word of the line: of a known command only that one is there; else all are
 */
export async function createProgram(first = ''): Promise<Command> {
  const program = new Command('ninefold')
    .description('Makes verified reasoning datasets as a stream.')
    .version(codeVersion())
    .helpCommand(false)
    .showHelpAfterError('Add --help to see what there is.')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.clean : EXIT.usage))
  const isKnown =
    !OF_ALL.has(first) && Object.values(GROUPS).some((commands) => Object.hasOwn(commands, first))
  for (const [heading, commands] of Object.entries(GROUPS)) {
    program.commandsGroup(heading)
    const wanted = Object.entries(commands).filter(([name]) => !isKnown || name === first)
    for (const { register } of await Promise.all(wanted.map(([, load]) => load()))) register(program)
  }
  addGuide(program)
  return program
}
