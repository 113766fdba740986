import { NinefoldError } from '../errors.ts'

/** Keys and list positions from the top of the file down to a value. */
export type KeyPath = readonly (string | number)[]

/** A place in the file; both count from 1. Of a configuration that is no file, both are 0. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** What is wrong, apart from where. */
export interface IssueDetail {
  readonly code: string
  readonly what: string
  readonly remedy: string
}

/** One thing wrong with the file. `key` is the path as text, e.g. `samplers[0].model`; empty = the whole file. */
export interface Problem extends IssueDetail, Position {
  readonly key: string
  /** Where it stands, if not in the file. */
  readonly origin?: string
}

/** Everything wrong with one file, in the order of its lines. */
export class ConfigError extends NinefoldError {
  readonly problems: readonly Problem[]

  /** The code is the problems' own where they agree, else NF_CONFIG_INVALID. */
  constructor(fileName: string, problems: readonly Problem[]) {
    const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
    const [first, ...others] = sorted
    const code =
      first && others.every((problem) => problem.code === first.code) ? first.code : 'NF_CONFIG_INVALID'
    if (first && others.length === 0) super(code, sentence(fileName, first), first.remedy)
    else super(code, list(fileName, sorted), 'Mend each place listed.')
    this.name = 'ConfigError'
    this.problems = sorted
  }
}

/** What tells one problem's place from another's. */
export function placeOf({ line, column, key }: Problem): string {
  return line === 0 ? key : `${line}:${column}`
}

/** A path as people write it: `samplers[0].temperature[1]`. */
export function keyText(path: KeyPath): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${shortened(part)}`,
    )
    .join('')
}

/** Keys and values from the file are quoted up to 60 characters: enough to find them, too little for a paste. */
export function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 20)}...` : text
}

function sentence(fileName: string, problem: Problem): string {
  if (problem.origin !== undefined) return `${problem.origin} ${problem.key}: ${problem.what}`
  const place = problem.line === 0 ? fileName : `${fileName}:${problem.line}:${problem.column}`
  return problem.key === '' ? `${place}: ${problem.what}` : `${place}: ${problem.key}: ${problem.what}`
}

function list(fileName: string, problems: readonly Problem[]): string {
  const lines = problems.map((problem) => `  ${sentence(fileName, problem)}\n      ${problem.remedy}`)
  return [`${fileName} has ${problems.length} problems`, ...lines].join('\n')
}
