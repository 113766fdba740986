/** `ninefold dead-letters redrive`: asks where many are meant, and orders. */
import { confirm } from '@inquirer/prompts'
import type { Config } from '../config/config.ts'
import { type LetterEntry, listLetters } from '../letters/letter-list.ts'
import { listScreen } from '../letters/list-screen.ts'
import { type Redriven, redrive } from '../letters/redrive.ts'
import { type LetterFilter, redrivable, type Skipped, selected, titlesOf } from '../letters/selection.ts'
import type { LetterSource } from '../letters/source.ts'
import { Publisher } from '../pipeline/publish.ts'
import type { Session } from '../pipeline/session.ts'
import { columnsOf } from '../terminal/fit.ts'
import { counted } from '../terminal/numbers.ts'
import { styleFor } from '../terminal/style.ts'
import { isAttended } from './attended.ts'
import { EXIT } from './exit-codes.ts'
import { onProgress } from './session-options.ts'

/** How to redrive. */
export interface RedriveOptions {
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly json?: boolean
}

/** More than these are asked about first, where somebody can answer. */
const ASKED_ABOVE = 20
/** Reasons that are told one by one. */
const TOLD = 5

/** Orders what the filter means. Sets the exit code when it is not wanted after all. */
export async function runRedrive(
  source: LetterSource,
  session: Session,
  filter: LetterFilter,
  { dryRun = false, yes = false, json = false }: RedriveOptions,
): Promise<void> {
  const { config } = session
  const { ready, skipped } = redrivable(
    selected(await listLetters(source), filter, config),
    config,
    filter.ids !== undefined,
  )
  if (dryRun) {
    if (!json) console.log(listScreen(ready, titlesOf(config), screen()))
    say({ ordered: ready.map(({ deadLetterId }) => deadLetterId), skipped }, dryRun, json)
    return
  }
  const note = lateNote(ready, config)
  if (note !== null) onProgress(note)
  if (!yes && (await isDeclined(ready, (what) => `Have ${what} tried again?`))) {
    process.exitCode = EXIT.interrupted
    return
  }
  const { ordered, skipped: failed } = await ordering(source, session, ready)
  say({ ordered, skipped: [...skipped, ...failed] }, dryRun, json)
}

async function ordering(
  source: LetterSource,
  session: Session,
  ready: readonly LetterEntry[],
): Promise<Redriven> {
  if (ready.length === 0) return { ordered: [], skipped: [] }
  const publisher = await Publisher.open(session)
  try {
    return await redrive(source, publisher, ready)
  } finally {
    await publisher.close()
  }
}

function say({ ordered, skipped }: Redriven, dryRun: boolean, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ dryRun, ordered, skipped }, null, 2))
    return
  }
  for (const line of skippedLines(skipped)) onProgress(line)
  const what = counted(ordered.length, 'dead letter')
  console.log(dryRun ? `${what} would be ordered to be tried again` : `${what} ordered to be tried again`)
  if (!dryRun && ordered.length > 0)
    console.log('`ninefold run` follows the orders; a worker that runs does so now.')
}

/** What was left alone, by reason. */
export function skippedLines(skipped: readonly Skipped[]): string[] {
  const byReason = [...Map.groupBy(skipped, ({ why }) => why)]
  const told = byReason.slice(0, TOLD).map(([why, those]) => {
    const [only, ...others] = those
    return `left alone: ${others.length === 0 ? only?.deadLetterId : counted(those.length, 'dead letter')}: ${why}`
  })
  return byReason.length > TOLD
    ? [...told, `and ${byReason.length - TOLD} other reasons (--json gives all)`]
    : told
}

/** Where triage does not wait, paths it has decided without come late. */
function lateNote(letters: readonly LetterEntry[], { triage }: Config): string | null {
  if (triage.missing === 'wait') return null
  const paths = letters.filter(({ step }) => step.startsWith('generate.') || step === 'verify').length
  if (paths === 0) return null
  return `${counted(paths, 'path')} may come late: with triage.missing: ${triage.missing} questions were tiered without them, and keep their tier`
}

/** Whether somebody was asked, for they are many, and does not want it. @param question about so many dead letters */
export async function isDeclined(
  ready: readonly LetterEntry[],
  question: (what: string) => string,
): Promise<boolean> {
  if (ready.length <= ASKED_ABOVE || !isAttended()) return false
  const message = question(counted(ready.length, 'dead letter'))
  return !(await confirm({ message, default: false }))
}

/** How tables are shown. */
export function screen() {
  return { width: columnsOf(process.stdout), style: styleFor(process.stdout) }
}
