/** `ninefold dead-letters dismiss`: sets dead letters aside for good, with a reason that stands in the log. */
import { userInfo } from 'node:os'
import { dismiss } from '../letters/dismiss.ts'
import { listLetters } from '../letters/letter-list.ts'
import { listScreen } from '../letters/list-screen.ts'
import { dismissible, type LetterFilter, selected, titlesOf } from '../letters/selection.ts'
import type { LetterSource } from '../letters/source.ts'
import { Publisher } from '../pipeline/publish.ts'
import type { Session } from '../pipeline/session.ts'
import { counted } from '../terminal/numbers.ts'
import { EXIT } from './exit-codes.ts'
import { isDeclined, type RedriveOptions, screen, skippedLines } from './redrive.ts'
import { onProgress } from './session-options.ts'

/** How to dismiss. */
export interface DismissOptions extends RedriveOptions {
  readonly why: string
}

/** Dismisses what the filter means. Sets the exit code when it is not wanted after all. */
export async function runDismiss(
  source: LetterSource,
  session: Session,
  filter: LetterFilter,
  { why, dryRun = false, yes = false, json = false }: DismissOptions,
): Promise<void> {
  const { ready, skipped } = dismissible(selected(await listLetters(source), filter, session.config))
  const what = counted(ready.length, 'dead letter')
  if (dryRun && !json) console.log(listScreen(ready, titlesOf(session.config), screen()))
  if (!dryRun && ready.length > 0) {
    if (!yes && (await isDeclined(ready, (all) => `Set ${all} aside for good?`))) {
      process.exitCode = EXIT.interrupted
      return
    }
    const publisher = await Publisher.open(session)
    try {
      await dismiss(publisher, ready, { why, by: userInfo().username })
    } finally {
      await publisher.close()
    }
  }
  if (json) {
    const dismissed = ready.map(({ deadLetterId }) => deadLetterId)
    console.log(JSON.stringify({ dryRun, dismissed, skipped }, null, 2))
    return
  }
  for (const line of skippedLines(skipped)) onProgress(line)
  console.log(dryRun ? `${what} would be dismissed` : `${what} dismissed`)
}
