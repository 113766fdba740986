/** All that is recorded of an edition, and what it has come to. */
import { type EditionContent, readEdition, settingLines } from '../config/edition.ts'
import { spendingOf } from '../export/card/spending.ts'
import { wrapped } from '../terminal/columns.ts'
import { settingFlags } from '../terminal/commands.ts'
import { costText, count, counted } from '../terminal/numbers.ts'
import type { Style } from '../terminal/style.ts'
import { type EditionSummary, summaryOf } from './edition-list.ts'
import { type EditionView, startedEdition } from './edition-view.ts'

/** An edition in full. */
export interface EditionDetails extends EditionSummary {
  /** Editions that are built on it. */
  readonly builtOnIt: readonly string[]
  /** What there was to take in when it was first started, by topic: where each partition ended. */
  readonly inputs: readonly { readonly topic: string; readonly ends: readonly number[] }[]
  /** Of calls made for it: what is shared was paid by its base. */
  readonly spent: Spent
  /** All that decides its results, with the hashes of its prompts, as recorded. */
  readonly config: EditionContent
}

/** Calls and their cost. */
export interface Spent {
  readonly calls: number
  /** null when the cost of none is known. */
  readonly usd: number | null
  readonly callsOfUnknownCost: number
}

/** Reads all of it. @throws {NinefoldError} NF_EDITION_UNKNOWN, NF_EDITION_UNREADABLE */
export async function detailsOf(editions: readonly EditionView[], name: string): Promise<EditionDetails> {
  const view = startedEdition(editions, name)
  const { record } = view.recorded
  const inputs = Map.groupBy(record.inputs, ({ topic }) => topic)
  return {
    ...(await summaryOf(view)),
    builtOnIt: builtOn(editions, name),
    inputs: [...inputs].map(([topic, ends]) => ({ topic, ends: ends.map(({ end }) => end) })),
    spent: await spentOn(view),
    config: readEdition(record.config).content,
  }
}

/** The names of editions that are built on one. */
export function builtOn(editions: readonly EditionView[], name: string): string[] {
  return editions.filter(({ base }) => base?.edition === name).map((view) => view.name)
}

/** What an edition's own calls have cost. */
export async function spentOn({ read }: EditionView): Promise<Spent> {
  const all = await spendingOf(read('completions'))
  const sum = (of: (one: (typeof all)[number]) => number) => all.reduce((so, one) => so + of(one), 0)
  const [calls, unknown] = [sum((one) => one.calls), sum((one) => one.unknown)]
  return {
    calls,
    usd: calls > 0 && calls === unknown ? null : sum(({ usd }) => usd),
    callsOfUnknownCost: unknown,
  }
}

/** Calls and their cost, e.g. `22 calls, $0.0123`. */
export function spentText({ calls, ...cost }: Spent): string {
  return calls === 0 ? 'no calls' : `${counted(calls, 'call')}, ${costText(cost)}`
}

const LABEL = 12

/** An edition on a screen. */
export function detailsScreen(details: EditionDetails, width: number, style: Style): string {
  const { edition, base, from, madeAt, codeVersion, hash, settings, inputs, records, spent, builtOnIt } =
    details
  const facts: [string, string][] = [
    ['edition', base === null ? edition : `${edition}, built on the ${from} of ${base}`],
    ['made', `${madeAt} by Ninefold ${codeVersion}`],
    ['hash', hash ?? '-'],
    ['set', settingFlags(settings).trim() || 'nothing beside the file'],
    ['took in', inputs.map(inputText).join(', ') || 'not noted'],
    ['records', count(records)],
    ['spent', spentText(spent)],
    ['built on it', builtOnIt.join(', ') || 'nothing'],
  ]
  const lines = [...settingLines(details.config)].sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    ...facts.map(([label, text]) => `${style.dim(label.padEnd(LABEL))}${text}`),
    '',
    style.bold('What decides its results'),
    ...lines.flatMap(([key, value]) => wrapped(value === 'present' ? key : `${key}: ${value}`, width)),
    ...wordingLines(details.config, style),
  ].join('\n')
}

/** The words of prompts that are not Ninefold's own: their file may be gone. */
function wordingLines({ wording = {} }: EditionContent, style: Style): string[] {
  return Object.entries(wording).flatMap(([name, { system, task }]) => [
    '',
    style.bold(`Prompt ${name}, in words of its own`),
    `${style.dim('system message')}\n${system}`,
    `${style.dim('task')}\n${task}`,
  ])
}

function inputText({ topic, ends }: EditionDetails['inputs'][number]): string {
  const offsets = ends.reduce((sum, end) => sum + end, 0)
  return `${topic} up to ${counted(offsets, 'offset')} in ${counted(ends.length, 'partition')}`
}
