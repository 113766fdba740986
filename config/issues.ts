import type { z } from 'zod'
import { type IssueDetail, type KeyPath, keyText, type Problem, shortened } from './errors.ts'
import { nearest } from './nearest.ts'
import { isSecretKey, secretRefusal } from './params.ts'
import type { Source } from './source.ts'
import { descriptionAt, knownKeysAt } from './walk.ts'

type Issue = z.core.$ZodIssue

const KINDS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'null',
}

/** Turns what zod found into problems with a place, what was expected, what was found, and what to do. */
export function problemsOf(issues: readonly Issue[], schema: z.ZodType, source: Source): Problem[] {
  const flat = issues.flatMap((issue) => flattened(issue))
  const misspelt = new Set(flat.flatMap((issue) => meantKeys(issue, schema)))
  return flat
    .flatMap((issue) => translate(issue, schema, source))
    .filter(({ code, key }) => code !== 'NF_CONFIG_MISSING' || !misspelt.has(key))
}

/** Keys that are there under a wrong name: to report them as missing too would only distract. */
function meantKeys(issue: Issue, schema: z.ZodType): string[] {
  if (issue.code !== 'unrecognized_keys') return []
  const path = issue.path as KeyPath
  const known = knownKeysAt(schema, path)
  return issue.keys.map((key) => keyText([...path, nearest(key, known) ?? key]))
}

/**
 * An issue of a union is replaced by those of the one branch that fits the kind of the value; where none
 * does, by one issue that says what kinds there are.
 */
function flattened(issue: Issue, base: KeyPath = []): Issue[] {
  const path = [...base, ...issue.path] as PropertyKey[]
  if (issue.code !== 'invalid_union') return [{ ...issue, path }]
  const fitting = issue.errors.find((branch) => !branch.some(isWrongKind))
  if (fitting) return fitting.flatMap((inner) => flattened(inner, path as KeyPath))
  const kinds = issue.errors.flatMap((branch) => branch.filter(isWrongKind).map(expectedKind))
  const message = `expected ${[...new Set(kinds)].join(' or ')}`
  return [{ code: 'custom', path, message, input: issue.input }]
}

/** The last is a literal's: its values are the only ones of their kind. */
const WRONG_KIND: ReadonlySet<string> = new Set(['invalid_type', 'invalid_union', 'invalid_value'])

function isWrongKind(issue: Issue): boolean {
  return issue.path.length === 0 && WRONG_KIND.has(issue.code)
}

function expectedKind(issue: Issue): string {
  if (issue.code === 'invalid_value') return issue.values.map(String).join(' or ')
  return issue.code === 'invalid_type' ? (KINDS[issue.expected] ?? issue.expected) : 'another value'
}

function translate(issue: Issue, schema: z.ZodType, source: Source): Problem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeysAt(schema, path)
    return issue.keys.map((key) => source.problem([...path, key], unknownKey(key, known), 'key'))
  }
  const found = valueAt(source.value, path)
  const remedy = remedyAt(schema, path)
  if (issue.code === 'invalid_key') {
    const what = issue.issues.map((inner) => expectation(inner)).join('; ')
    return [source.problem(path, { code: 'NF_CONFIG_VALUE', what, remedy: 'Rename it.' }, 'key')]
  }
  if (found === undefined) {
    return [source.problem(path, { code: 'NF_CONFIG_MISSING', what: 'this key is required', remedy }, 'key')]
  }
  const detail = issue.code === 'custom' ? detailOf(issue.params) : null
  const what = `${expectation(issue)}, found ${describeFound(found, path)}`
  return [source.problem(path, detail ?? { code: 'NF_CONFIG_VALUE', what, remedy })]
}

function unknownKey(key: string, known: readonly string[]): IssueDetail {
  const meant = nearest(key, known)
  const variable = known.includes('passwordEnv') ? '`passwordEnv`' : undefined
  if (isSecretKey(key)) return secretRefusal(key, variable)
  if (/^api[-_]?key/i.test(key) && meant === null) return secretRefusal(shortened(key))
  return {
    code: 'NF_CONFIG_UNKNOWN_KEY',
    what:
      meant === null ? 'there is no such key here' : `there is no such key here; did you mean \`${meant}\`?`,
    remedy:
      meant === null ? `Keys that may stand here: ${known.join(', ')}.` : `Write \`${meant}\`, or delete it.`,
  }
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${KINDS[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit(issue.origin)}`
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unit(issue.origin)}`
    default:
      return issue.message
  }
}

function unit(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' items' : ''
}

/** What the file says there, unless that part of the file is one where secrets get pasted. */
function describeFound(found: unknown, path: KeyPath): string {
  if (found === null) return 'nothing'
  if (Array.isArray(found)) return `a list of ${found.length}`
  if (typeof found === 'object') return 'a mapping'
  if (typeof found !== 'string') return String(found)
  const guarded =
    ['endpoints', 'registry', 'clickhouse', 'kafka'].includes(String(path[0])) || path.includes('params')
  return guarded ? 'text that is not shown here' : JSON.stringify(shortened(found))
}

function detailOf(params: Record<string, unknown> | undefined): IssueDetail | null {
  if (!params) return null
  return { code: String(params.code), what: String(params.what), remedy: String(params.remedy) }
}

function remedyAt(schema: z.ZodType, path: KeyPath): string {
  const text = descriptionAt(schema, path)
  return text === null ? 'Write a mapping that begins with `pipeline:`.' : `What belongs there: ${text}`
}

/** What stands at a path of plain data; undefined where it leads nowhere. */
export function valueAt(value: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((at, part) => {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined
    return (at as Record<string | number, unknown>)[part]
  }, value)
}
