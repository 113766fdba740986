/** Settings given beside the file, as `key=value`: what the option --set takes. */
import { ConfigError, type IssueDetail, type KeyPath, keyText, type Problem } from './errors.ts'
import { valueAt } from './issues.ts'
import { readSource, type Source } from './source.ts'

/** What messages call them. */
const ORIGIN = '--set'

/** A key as it was written, and the value, YAML. */
interface Setting {
  readonly key: string
  readonly value: string
}

/** What is wrong with the key of a setting. */
class Misplaced extends Error {}

/**
 * The configuration with settings put in the place of what it says, in their order; their problems name --set.
 * @param settings each `key=value`: the key as messages write it (`triage.easy.maxErrors`, `samplers[0].topP`; the item
 * behind a list's last is added to it), the value as it would stand in the file
 */
export function withSettings(source: Source, settings: readonly string[]): Source {
  let { value } = source
  const problems: Problem[] = []
  const paths: KeyPath[] = []
  for (const setting of settings.map(settingOf)) {
    try {
      const path = pathOf(setting.key, value)
      if (path === null) throw new Misplaced('this is not how a key is written')
      value = replaced(value, path, readValue(setting), [])
      paths.push(path)
    } catch (error) {
      problems.push(...problemsOf(error, setting))
    }
  }
  return {
    fileName: source.fileName,
    value,
    problems: [...source.problems, ...problems],
    problem: (path, detail, at) =>
      comesFrom(paths, path, source.value)
        ? problemAt(keyText(path), detail)
        : source.problem(path, detail, at),
  }
}

/** Whether a text is a key, "=" and a value. */
export function isSetting(text: string): boolean {
  return text.indexOf('=') > 0
}

function settingOf(text: string): Setting {
  const at = text.indexOf('=')
  return { key: text.slice(0, Math.max(at, 0)).trim(), value: text.slice(at + 1) }
}

function problemAt(key: string, detail: IssueDetail): Problem {
  return { ...detail, line: 0, column: 0, origin: ORIGIN, key }
}

function problemsOf(error: unknown, { key }: Setting): Problem[] {
  const place = keyText([key])
  if (error instanceof ConfigError) return error.problems.map((problem) => problemAt(place, problem))
  if (!(error instanceof Misplaced)) throw error
  return [
    problemAt(place, {
      code: 'NF_CONFIG_VALUE',
      what: error.message,
      remedy:
        'Write it as triage.easy.maxErrors=3 or samplers[0].topP=0.9; the items of a list are counted from 0.',
    }),
  ]
}

function readValue({ key, value }: Setting): unknown {
  return readSource(value, key).value
}

/** The path a key means; null when it is none. Names that are in the configuration may hold dots. */
function pathOf(key: string, value: unknown): KeyPath | null {
  const text = firstPart(key, value)
  if (text === null) return null
  const part = /^\[\d+\]$/.test(text) ? Number(text.slice(1, -1)) : text
  const rest = key.slice(text.length)
  if (rest === '') return [part]
  const below = pathOf(rest.startsWith('.') ? rest.slice(1) : rest, valueAt(value, [part]))
  return below === null ? null : [part, ...below]
}

function firstPart(key: string, value: unknown): string | null {
  const item = /^\[\d+\](?=$|[.[])/.exec(key)?.[0]
  if (item !== undefined) return item
  const known = isMapping(value) ? Object.keys(value) : []
  const [longest] = known
    .filter((name) => name !== '' && key.startsWith(name) && /^$|^[.[]/.test(key.slice(name.length)))
    .sort((a, b) => b.length - a.length)
  return longest ?? /^[^.[\]]+/.exec(key)?.[0] ?? null
}

/** A copy with one place changed. @throws {Misplaced} where the path does not lead anywhere */
function replaced(at: unknown, [part, ...rest]: KeyPath, value: unknown, above: KeyPath): unknown {
  if (part === undefined) return value
  const below = () => replaced(valueAt(at, [part]), rest, value, [...above, part])
  if (typeof part === 'number') return withItem(at, part, below, above)
  if (at === undefined || at === null) return { [part]: below() }
  if (isMapping(at)) return { ...at, [part]: below() }
  throw new Misplaced(`${keyText(above) || 'the configuration'} is ${kindOf(at)}, which has no keys`)
}

function withItem(at: unknown, index: number, item: () => unknown, above: KeyPath): unknown[] {
  const list = at ?? []
  const name = keyText(above) || 'the configuration'
  if (!Array.isArray(list)) throw new Misplaced(`${name} is ${kindOf(list)}, which has no items`)
  if (index > list.length) throw new Misplaced(`${name} has ${list.length} items`)
  return index === list.length ? [...list, item()] : list.with(index, item())
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return isMapping(value) ? 'a mapping' : 'a single value'
}

/** Whether what stands at a path was set: it, what is above it, or the first part of it that the file does not hold. */
function comesFrom(set: readonly KeyPath[], path: KeyPath, file: unknown): boolean {
  if (set.some((one) => isWithin(path, one))) return true
  const held = heldLength(path, file)
  return held < path.length && set.some((one) => isWithin(one, path.slice(0, held + 1)))
}

function isWithin(path: KeyPath, upper: KeyPath): boolean {
  return upper.length <= path.length && upper.every((part, index) => part === path[index])
}

/** How many parts of a path lead somewhere. */
function heldLength(path: KeyPath, value: unknown): number {
  const lost = path.findIndex((_, at) => valueAt(value, path.slice(0, at + 1)) === undefined)
  return lost < 0 ? path.length : lost
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
