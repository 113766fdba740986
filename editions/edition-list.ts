/** What editions there are. */
import type { TopicName } from '../schemas/topics.ts'
import { type Cell, inColumns, right } from '../terminal/columns.ts'
import { settingFlags } from '../terminal/commands.ts'
import { cutAt } from '../terminal/fit.ts'
import { count } from '../terminal/numbers.ts'
import type { Style } from '../terminal/style.ts'
import { countRecords, type EditionView } from './edition-view.ts'

/** An edition in a list. What a start records is null or empty while it has not run. */
export interface EditionSummary {
  readonly edition: string
  /** `started`, `not run`, or `dropping`: deleting it was begun. */
  readonly state: 'started' | 'not run' | 'dropping'
  /** What it is built on. */
  readonly base: string | null
  /** The last topic it shares with that. */
  readonly from: TopicName | null
  /** When it was first started, ISO 8601, UTC. */
  readonly madeAt: string | null
  readonly codeVersion: string | null
  readonly hash: string | null
  /** What was set beside its file, each `key=value`. */
  readonly settings: readonly string[]
  /** Training records so far that were not withdrawn. */
  readonly records: number
}

/** Reads them, which takes reading their records. */
export async function summaryOf(view: EditionView): Promise<EditionSummary> {
  const { name, recorded, base } = view
  return {
    edition: name,
    state: recorded === null ? 'not run' : recorded.isDropping ? 'dropping' : 'started',
    base: base?.edition ?? null,
    from: base?.from ?? null,
    madeAt: recorded === null ? null : new Date(recorded.madeAt).toISOString(),
    codeVersion: recorded?.record.codeVersion ?? null,
    hash: recorded?.record.hash ?? null,
    settings: recorded?.record.settings ?? [],
    records: await countRecords(view),
  }
}

/** Letters of a hash that tell editions apart on a screen. */
const SHORT_HASH = 12

/** They as a table. */
export function editionsScreen(editions: readonly EditionSummary[], columns: number, style: Style): string {
  const head: Cell[] = ['edition', 'built on', 'made', right('records'), 'hash', 'set']
  const rows = editions.map(({ edition, base, from, records, hash, settings, ...rest }): Cell[] => [
    edition,
    base === null ? '-' : `${from} of ${base}`,
    madeText(rest),
    right(count(records)),
    hash?.slice(0, SHORT_HASH) ?? '-',
    settingFlags(settings).trim(),
  ])
  const [title, ...lines] = inColumns([head, ...rows]).map((line) => cutAt(line, columns))
  return [style.bold(title as string), ...lines].join('\n')
}

function madeText({ state, madeAt }: Pick<EditionSummary, 'state' | 'madeAt'>): string {
  if (madeAt === null) return 'not run'
  return state === 'dropping' ? 'being dropped' : `${madeAt.slice(0, 16).replace('T', ' ')} UTC`
}
