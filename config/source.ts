import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml'
import {
  ConfigError,
  type IssueDetail,
  type KeyPath,
  keyText,
  type Position,
  type Problem,
} from './errors.ts'
import { syntaxDetail } from './syntax.ts'

/** The text of a file, read as YAML, that still knows where everything stood. */
export interface Source {
  readonly fileName: string
  /** Plain data: maps as objects, in the file's order. */
  readonly value: unknown
  /** What is wrong with it as YAML although it could be read: keys given twice. */
  readonly problems: readonly Problem[]
  /**
   * A problem at a path. `at: 'key'` points to the key, `'value'` to what it holds; where the path leads
   * nowhere (a missing key), the nearest key above.
   */
  problem(path: KeyPath, detail: IssueDetail, at?: 'key' | 'value'): Problem
}

/**
 * Reads YAML 1.2.
 * @throws {ConfigError} NF_CONFIG_SYNTAX, all problems at once
 */
export function readSource(text: string, fileName: string): Source {
  const lines = new LineCounter()
  // prettyErrors would put lines of the file, and so perhaps a secret, into messages; the log level keeps the library
  // from writing to the screen itself: what it warns of is among the faults, or refused as a key nobody knows.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const faults = [...document.errors, ...document.warnings]
  const problems = faults.map((fault) => at(lines, fault.pos[0], '', syntaxDetail(fault.code, fault.message)))
  problems.push(...unresolvedAliases(document, lines))
  if (problems.length > faults.length || faults.some((fault) => fault.code !== 'DUPLICATE_KEY')) {
    throw new ConfigError(fileName, problems)
  }
  return {
    fileName,
    value: plainValue(document, fileName),
    problems,
    problem: (path, detail, which = 'value') =>
      at(lines, offsetOf(document, path, which), keyText(path), detail),
  }
}

function at(lines: LineCounter, offset: number, key: string, detail: IssueDetail): Problem {
  return { ...detail, ...position(lines, offset), key }
}

function position(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}

function unresolvedAliases(document: Document, lines: LineCounter): Problem[] {
  const problems: Problem[] = []
  visit(document, {
    Alias: (_, node) => {
      if (node.resolve(document)) return
      problems.push(at(lines, node.range?.[0] ?? 0, '', syntaxDetail('BAD_ALIAS', '')))
    },
  })
  return problems
}

function plainValue(document: Document, fileName: string): unknown {
  try {
    return document.toJS()
  } catch {
    // The library refuses to unfold aliases that would make the file grow without bound.
    throw new ConfigError(fileName, [
      { line: 1, column: 1, key: '', ...syntaxDetail('RESOURCE_EXHAUSTION', '') },
    ])
  }
}

/** Walks down as far as the path leads and gives the offset of the last key or value found. */
function offsetOf(document: Document, path: KeyPath, which: 'key' | 'value'): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const [index, part] of path.entries()) {
    const found = child(isAlias(node) ? node.resolve(document) : node, part)
    if (!found) return offset
    const wantsKey = which === 'key' || index < path.length - 1
    offset = startOf(wantsKey ? (found.key ?? found.value) : found.value) ?? startOf(found.key) ?? offset
    node = found.value
  }
  return offset
}

function child(node: unknown, part: string | number): { key?: unknown; value: unknown } | null {
  if (isSeq(node) && typeof part === 'number') {
    return part < node.items.length ? { value: node.items[part] } : null
  }
  if (!isMap(node)) return null
  return node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(part)) ?? null
}

function startOf(node: unknown): number | null {
  return isNode(node) ? (node.range?.[0] ?? null) : null
}
