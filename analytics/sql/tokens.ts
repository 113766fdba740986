/**
 * The tokens of ClickHouse's SQL, as far as needed to find where a statement ends and which clauses it has. Anything
 * else is ClickHouse's to understand: whatever is odd (an unclosed quote) becomes one token to the end.
 */

/** One token; comments and white space are none. */
export interface Token {
  readonly kind: 'word' | 'string' | 'identifier' | 'number' | 'sign'
  /** As written; a word in capital letters. */
  readonly text: string
  /** Where it begins, and where what follows it begins (UTF-16 units). */
  readonly start: number
  readonly end: number
  /** How many brackets stand open around it. */
  readonly depth: number
}

/** Tried in this order where a token may begin; sticky. `$tag$ … $tag$` is ClickHouse's here-document. */
const PATTERNS: readonly (readonly [Token['kind'] | null, RegExp])[] = [
  [null, /\s+/y],
  [null, /(?:--|#!|# )[^\n]*/y],
  [null, /\/\*[\s\S]*?(?:\*\/|$)/y],
  ['string', /\$(\w*)\$[\s\S]*?(?:\$\1\$|$)/y],
  ['string', /'(?:[^'\\]|\\[\s\S]|'')*(?:'|\\?$)/y],
  ['identifier', /`(?:[^`\\]|\\[\s\S]|``)*(?:`|\\?$)/y],
  ['identifier', /"(?:[^"\\]|\\[\s\S]|"")*(?:"|\\?$)/y],
  ['number', /\d[\w.]*/y],
  ['word', /[\p{L}_][\p{L}\p{N}_$]*/uy],
  ['sign', /[\s\S]/uy],
]

/** The tokens from the beginning on; ask no further than needed, data may follow. */
export function* tokensOf(sql: string): Generator<Token, undefined> {
  let depth = 0
  let start = 0
  while (start < sql.length) {
    const { kind, end } = matchAt(sql, start)
    const text = sql.slice(start, end)
    if (kind === 'sign' && CLOSING.has(text)) depth = Math.max(0, depth - 1)
    if (kind !== null) yield { kind, text: kind === 'word' ? text.toUpperCase() : text, start, end, depth }
    if (kind === 'sign' && OPENING.has(text)) depth++
    start = end
  }
}

const OPENING = new Set(['(', '[', '{'])
const CLOSING = new Set([')', ']', '}'])

function matchAt(sql: string, start: number): { kind: Token['kind'] | null; end: number } {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = start
    if (pattern.test(sql)) return { kind, end: pattern.lastIndex }
  }
  // The second half of a pair that has lost its first.
  return { kind: 'sign', end: start + 1 }
}

/** Whether a token is this keyword. */
export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text)
}

/** Whether a token is this sign. */
export function isSign(token: Token | undefined, text: string): boolean {
  return token?.kind === 'sign' && token.text === text
}

/** A string literal. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** An array of string literals. */
export function literals(texts: readonly string[]): string {
  return `[${texts.map(literal).join(', ')}]`
}

/** A name in backticks. */
export function identifier(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
}
