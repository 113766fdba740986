/** What a statement leaves open: ClickHouse's `{name:Type}`. */
import { NinefoldError } from '../../errors.ts'
import { isSign, tokensOf } from './tokens.ts'

/** Types whose values ClickHouse reads as escaped text; those of others (lists, numbers) it reads as they stand. */
const TEXT = /^(LowCardinality\()?(Nullable\()?(Fixed)?String/

/** The parameters a statement has: their types by their names. */
export function parametersOf(statement: string): Map<string, string> {
  const tokens = [...tokensOf(statement)]
  const found = tokens.flatMap((token, at): [string, string][] => {
    const [before, colon, type] = [tokens[at - 1], tokens[at + 1], tokens[at + 2]]
    if (!isSign(before, '{') || token.kind !== 'word' || !isSign(colon, ':') || type === undefined) return []
    const end = tokens.slice(at + 2).find((one) => isSign(one, '}'))?.start ?? statement.length
    return [[statement.slice(token.start, token.end), statement.slice(type.start, end).trim()]]
  })
  return new Map(found)
}

/** The values of a statement's parameters, as ClickHouse takes them beside it: `param_<name>`. */
export function boundParameters(
  statement: string,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const values = [...parametersOf(statement)].flatMap(([name, type]): [string, string][] => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    return value === undefined ? [] : [[`param_${name}`, TEXT.test(type) ? escaped(value) : value]]
  })
  return Object.fromEntries(values)
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\0', '\\0')
}

/**
 * Makes sure that each parameter has a value, and each value a parameter: a misspelt one would ask something else.
 * @throws {NinefoldError} NF_SQL_PARAMETER
 */
export function checkParameters(
  statements: readonly string[],
  given: Readonly<Record<string, string>>,
): void {
  const wanted = new Set(statements.flatMap((statement) => [...parametersOf(statement).keys()]))
  const values = new Set(Object.keys(given))
  const [extra] = values.difference(wanted)
  if (extra !== undefined) {
    throw unusable(
      `no statement has a parameter {${extra}:…}`,
      'Write it as in {id:String}, or leave it out.',
    )
  }
  // `SET param_name = …` is another way to give one.
  const set = statements.some((statement) => /\bparam_\w/i.test(statement))
  const [missing] = wanted.difference(values)
  if (missing === undefined || set) return
  throw unusable(`the parameter {${missing}:…} has no value`, `Give it one: --param ${missing}=VALUE.`)
}

function unusable(what: string, remedy: string): NinefoldError {
  return new NinefoldError('NF_SQL_PARAMETER', what, remedy)
}
