/** `ninefold editions`: what datasets a pipeline has made of what it paid for; compared, shown, dropped. */
import { confirm } from '@inquirer/prompts'
import type { Command } from 'commander'
import { comparisonScreen } from '../editions/comparison-screen.ts'
import { compareEditions } from '../editions/edition-comparison.ts'
import { detailsOf, detailsScreen, spentText } from '../editions/edition-details.ts'
import { type DropLosses, dropEdition, lossesOf } from '../editions/edition-drop.ts'
import { editionsScreen, summaryOf } from '../editions/edition-list.ts'
import { allEditions, type EditionView, editionNamed } from '../editions/edition-view.ts'
import { openSession, type Session } from '../pipeline/session.ts'
import { columnsOf } from '../terminal/fit.ts'
import { bytes as bytesText, counted } from '../terminal/numbers.ts'
import { styleFor } from '../terminal/style.ts'
import { isAttended } from './attended.ts'
import { EXIT } from './exit-codes.ts'
import { type ConfigurationOptions, onProgress, withConfigurationOptions } from './session-options.ts'
import { reportUnreadable } from './unreadable-report.ts'

interface EditionsOptions extends ConfigurationOptions {
  readonly json?: boolean
}

/** Adds the command `editions` with its own commands. */
export function register(program: Command): void {
  const editions = program
    .command('editions')
    .description('list, show, compare and drop the editions of the dataset')
  withJson(editions.command('list'))
    .description('list the editions: what each is built on, when it was made, how many records it has')
    .addHelpText('after', LIST_HELP)
    .action((options: EditionsOptions) => opened(options, (session, all) => list(session, all, options)))
  withJson(editions.command('show'))
    .description('show all that was recorded of an edition: settings, prompts, code version, input offsets')
    .argument('<edition>', 'its name')
    .addHelpText('after', SHOW_HELP)
    .action((name: string, options: EditionsOptions) =>
      opened(options, (session, all) => show(session, all, name, options)),
    )
  withJson(editions.command('diff'))
    .description('compare two editions: their settings, their questions by tier, their records')
    .argument('<edition>', 'the one')
    .argument('<other>', 'the other')
    .addHelpText('after', DIFF_HELP)
    .action((a: string, b: string, options: EditionsOptions) =>
      opened(options, (session, all) => diff(session, all, [a, b], options)),
    )
  const dropping = withJson(editions.command('drop'))
  dropping
    .description('delete an edition; what was paid for it is kept')
    .argument('<edition>', 'its name')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', DROP_HELP)
    .action((name: string, options: EditionsOptions & { yes?: boolean }) => {
      if (!options.yes && !isAttended()) dropping.error('error: nobody can be asked here: say --yes')
      return opened(options, (session, all) => drop(session, all, name, options))
    })
}

const LIST_HELP = `
Read from the topics. Records are those made so far that were not withdrawn.

JSON: { pipeline, editions: [{ edition, state, base, from, madeAt, codeVersion, hash, settings, records }] }; state is
started, not run or dropping; madeAt is ISO 8601 in UTC.`

const SHOW_HELP = `
What decides results was recorded when the edition was first started, and cannot change under its name. Calls are its
own: those before the topic it is built from were paid by its base.

JSON: what \`editions list\` gives of it, and { pipeline, builtOnIt, inputs: [{ topic, ends: [] }], spent: { calls, usd,
callsOfUnknownCost }, config }. Money is in USD, null when unknown.`

const DIFF_HELP = `
Questions are compared in their newest revision. A record is the same in both when its question, its chain of thought
and its conclusion are; its response may be another, where another prompt or model wrote it.

JSON: { pipeline, a, b, configuration: [{ key, was, now }], tiers: [{ a, b, questions }], records: { both,
otherResponse, onlyA, onlyB } }; a tier may also be "not decided" or "not there".`

const DROP_HELP = `
Deleted are its topics, groups, local stores and rows in ClickHouse. Its topic \`completions\`, its journals and its
account of what was spent stay: whatever was answered once is never paid for again, in no edition. Refused while a worker
of it runs, or another edition is built on it. What was cut short is ended by the same command.

Other machines keep their local stores of it: delete \`workers/<pipeline>.<edition>\` in their data folders before the name
is used again.

JSON: { pipeline, edition, records, topics, bytes, ownQuestions, kept: { calls, usd, callsOfUnknownCost } }.

Exit codes: 0 dropped; 1 it could not be; 130 not wanted after all.`

function withJson(command: Command): Command {
  return withConfigurationOptions(command).option('--json', 'print it as JSON')
}

async function opened(
  options: EditionsOptions,
  action: (session: Session, editions: readonly EditionView[]) => Promise<void>,
): Promise<void> {
  const session = await openSession({ ...options, readOnly: true, onProgress })
  try {
    await action(session, await allEditions(session))
    reportUnreadable(session)
  } finally {
    await session.close()
  }
}

type Editions = readonly EditionView[]

async function list({ config }: Session, editions: Editions, { json }: EditionsOptions): Promise<void> {
  const found = []
  for (const edition of editions) found.push(await summaryOf(edition))
  if (json) return printJson(config, { editions: found })
  console.log(editionsScreen(found, columnsOf(process.stdout), styleFor(process.stdout)))
}

async function show(
  { config }: Session,
  editions: Editions,
  name: string,
  { json }: EditionsOptions,
): Promise<void> {
  const details = await detailsOf(editions, name)
  if (json) return printJson(config, details)
  console.log(detailsScreen(details, columnsOf(process.stdout), styleFor(process.stdout)))
}

async function diff(
  { config }: Session,
  editions: Editions,
  [a, b]: readonly [string, string],
  { json }: EditionsOptions,
): Promise<void> {
  const compared = await compareEditions(editions, a, b)
  if (json) return printJson(config, compared)
  console.log(comparisonScreen(compared, columnsOf(process.stdout), styleFor(process.stdout)))
}

async function drop(
  session: Session,
  editions: Editions,
  name: string,
  options: EditionsOptions & { readonly yes?: boolean },
): Promise<void> {
  const view = editionNamed(editions, name)
  const losses = await lossesOf(session, editions, view)
  for (const line of lossLines(losses, session)) onProgress(line)
  if (!options.yes && !(await confirm({ message: `Drop edition ${name}?`, default: false }))) {
    process.exitCode = EXIT.interrupted
    return
  }
  await dropEdition(session, view, () => openSession({ ...options, edition: name, onProgress }), onProgress)
  if (options.json) return printJson(session.config, losses)
  console.log(`edition ${name} is dropped`)
}

function lossLines({ edition, records, topics, bytes, ownQuestions, kept }: DropLosses, session: Session) {
  const size = bytes === null ? '' : ` (${bytesText(bytes)})`
  const rows = session.analyticsUrl === null ? '' : ', its rows in ClickHouse'
  const questions = ownQuestions ? ', with the questions that were loaded into it' : ''
  return [
    `lost: edition ${edition} with ${counted(records, 'record')}: ${counted(topics, 'topic')}${size}${questions}${rows}`,
    `kept: what was paid for: ${spentText(kept)}`,
  ]
}

function printJson({ pipeline }: Session['config'], value: object): void {
  console.log(JSON.stringify({ pipeline, ...value }, null, 2))
}
