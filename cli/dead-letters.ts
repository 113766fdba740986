/** `ninefold dead-letters`: what failed for good; shown, ordered to be tried again, dismissed. */
import { type Command, InvalidArgumentError } from 'commander'
import type { Config } from '../config/config.ts'
import { NinefoldError } from '../errors.ts'
import { recordOfLetter } from '../explain/letter-record.ts'
import { type LetterEntry, listLetters } from '../letters/letter-list.ts'
import { letterScreen } from '../letters/letter-screen.ts'
import { listScreen } from '../letters/list-screen.ts'
import { momentOf } from '../letters/moment.ts'
import { type LetterFilter, selected, titlesOf } from '../letters/selection.ts'
import { type LetterSource, letterAt, letterSourceOf } from '../letters/source.ts'
import { openSession, type Session } from '../pipeline/session.ts'
import type { DeadLetter } from '../schemas/types.ts'
import { columnsOf } from '../terminal/fit.ts'
import { styleFor } from '../terminal/style.ts'
import { type DismissOptions, runDismiss } from './dismiss.ts'
import { runRedrive } from './redrive.ts'
import { onProgress, type PipelineOptions, withPipelineOptions } from './session-options.ts'
import { reportUnreadable } from './unreadable-report.ts'

/** The options that say which dead letters are meant. */
export interface FilterOptions extends PipelineOptions {
  readonly step?: string
  readonly class?: string
  readonly since?: number
  readonly until?: number
  readonly id?: readonly string[]
  readonly source?: string
  readonly question?: string
  readonly json?: boolean
}

/** Adds the command `dead-letters` with its own commands. */
export function register(program: Command): void {
  const letters = program
    .command('dead-letters')
    .description('list what failed for good, show why, and have it tried again')
  withFilters(letters.command('list'))
    .description('list dead letters, and what became of each since')
    .addHelpText('after', LIST_HELP)
    .action((options: FilterOptions) => opened(options, (source, session) => list(source, session, options)))
  withPipelineOptions(letters.command('show'))
    .description('tell all about one dead letter: the failure, the answer that would not do, the record')
    .argument('<id>', 'its id, or how it begins')
    .option('--full', 'print texts in full')
    .option('--json', 'print it as JSON')
    .action((id: string, options: FilterOptions & { full?: boolean }) =>
      opened(options, (source, { config }) => show(id, source, config, options)),
    )
  const redrive = withFilters(letters.command('redrive'))
  redrive
    .description('order dead letters to be tried again, by the step each failed in')
    .option('--all', 'all that can be')
    .option('--dry-run', 'say which, and order nothing')
    .option('-y, --yes', 'do not ask before more than 20')
    .addHelpText('after', REDRIVE_HELP)
    .action((options: FilterOptions & { all?: boolean; dryRun?: boolean; yes?: boolean }) => {
      if (!options.all && !isNarrowed(options)) redrive.error(SAY_WHICH)
      return opened(options, (source, session) => runRedrive(source, session, filterOf(options), options))
    })
  const dismissing = withFilters(letters.command('dismiss'))
  dismissing
    .description('set dead letters aside for good: they count as left over no more')
    .requiredOption('--why <text>', 'why; it stands in the log, with who did it')
    .option('--dry-run', 'say which, and dismiss nothing')
    .option('-y, --yes', 'do not ask before more than 20')
    .addHelpText('after', DISMISS_HELP)
    .action((options: FilterOptions & DismissOptions) => {
      if (!isNarrowed(options)) dismissing.error(SAY_WHICH)
      return opened(options, (source, session) => runDismiss(source, session, filterOf(options), options))
    })
}

const SAY_WHICH =
  'error: say which with --step, --class, --since, --until, --id, --source or --question (redrive: or take --all)'

const LIST_HELP = `
A dead letter is open until it is redriven or dismissed. What fails once more becomes a dead letter of its own.

JSON: { pipeline, edition, deadLetters: [{ deadLetterId, step, class, message, questionId, attempts, group, topic,
partition, offset, redrivenFrom, place: { partition, offset }, time, fate: { state, as } }] }; time in milliseconds
since 1970, state one of open, ordered, failed again, done, dismissed (with by and why).`

const REDRIVE_HELP = `
Orders stand in topic redrive, and \`ninefold run\` follows them: only the step that failed takes the record again, and
the question goes on from there. An order given twice is followed once. The dead letters of earlier tries, and those
that are ordered already, are left alone.

JSON: { dryRun, ordered: [id], skipped: [{ deadLetterId, why }] }`

const DISMISS_HELP = `
For what cannot be mended, e.g. bytes that are no record: only dead letters that are open can be dismissed. A run then
ends with 0 again. A question that waits for a path whose dead letter was dismissed is abandoned: triage does not decide
it, and it is counted apart. \`redrive --id\` takes a dismissed letter all the same, should you think better of it.

JSON: { dryRun, dismissed: [id], skipped: [{ deadLetterId, why }] }`

function withFilters(command: Command): Command {
  return withPipelineOptions(command)
    .option('--step <name>', 'of this step, e.g. verify, generate, generate.qwen-t0.7')
    .option('--class <name>', 'of this class, e.g. malformed-answer')
    .option('--since <time>', 'written since then: 2h, 3d, 2026-03-04, 2026-03-04T05:06', moment)
    .option('--until <time>', 'written before then', moment)
    .option('--id <id>', 'this one, or how its id begins; may be given again', collect)
    .option('--source <name>', 'of questions from this source')
    .option('--question <id>', 'of this question')
    .option('--json', 'print it as JSON')
}

async function opened(
  options: FilterOptions,
  action: (source: LetterSource, session: Session) => Promise<void>,
): Promise<void> {
  const session = await openSession({ ...options, onProgress })
  try {
    await action(letterSourceOf(session), session)
    reportUnreadable(session)
  } finally {
    await session.close()
  }
}

async function list(source: LetterSource, { config }: Session, options: FilterOptions): Promise<void> {
  const deadLetters = selected(await listLetters(source), filterOf(options), config)
  const { pipeline, edition } = config
  const style = { width: columnsOf(process.stdout), style: styleFor(process.stdout) }
  console.log(
    options.json
      ? JSON.stringify({ pipeline, edition, deadLetters }, null, 2)
      : listScreen(deadLetters, titlesOf(config), style),
  )
}

async function show(
  id: string,
  source: LetterSource,
  config: Config,
  { json, full = false }: { json?: boolean; full?: boolean },
): Promise<void> {
  const entry = only(id, selected(await listLetters(source), { ids: [id] }, config))
  const letter = await letterAt(source, entry)
  const failed = await recordOfLetter(source, letter)
  const title = titlesOf(config).get(entry.step) ?? entry.step
  const options = { width: columnsOf(process.stdout), full, style: styleFor(process.stdout) }
  const { answer } = letter
  const all = { ...entry, answer, headers: headersOf(letter), record: failed }
  console.log(json ? JSON.stringify(all, null, 2) : letterScreen({ entry, letter, failed, title }, options))
}

/** Headers as text: they are there to be looked at. */
function headersOf({ headers }: DeadLetter) {
  return headers.map(({ name, value }) => ({ name, value: value.toString('utf8') }))
}

function only(id: string, [letter, ...others]: readonly LetterEntry[]): LetterEntry {
  if (letter !== undefined && others.length === 0) return letter
  throw new NinefoldError(
    'NF_ID_AMBIGUOUS',
    `${others.length + 1} dead letters have an id that begins with ${id}`,
    'Give more of the id.',
  )
}

function filterOf(options: FilterOptions): LetterFilter {
  const { step, class: kind, since, until, id, source, question } = options
  return { step, class: kind, since, until, ids: id, source, question }
}

function isNarrowed(options: FilterOptions): boolean {
  return Object.values(filterOf(options)).some((value) => value !== undefined)
}

function moment(text: string): number {
  const time = momentOf(text, Date.now())
  if (time !== null) return time
  throw new InvalidArgumentError('Give a time, e.g. 2h, 3d, 2026-03-04 or 2026-03-04T05:06.')
}

function collect(id: string, before: readonly string[] = []): string[] {
  return [...before, ...id.split(',')]
}
