/**
 * Reads a filter, as it stands behind WHERE in SQL:
 *
 *     tier = 'easy' and score >= 8 and licence in ('mit', 'apache-2.0') and not labels = 'oncology'
 *
 * Fields, comparisons, `in`, `is null`, `and`, `or`, `not` and brackets; nothing else is understood. What is not is
 * refused with its place.
 */
import { isSign, isWord, type Token, tokensOf } from '../../analytics/sql/tokens.ts'
import { nearest } from '../../config/nearest.ts'
import { NinefoldError } from '../../errors.ts'
import type { Comparison, Condition, Literal } from './condition.ts'
import { FIELDS, type Field } from './fields.ts'

/** A filter that was understood. */
export interface Filter {
  readonly text: string
  readonly condition: Condition
  /** Names of the fields it asks for. */
  readonly fields: ReadonlySet<string>
}

const COMPARISONS: readonly Comparison[] = ['=', '!=', '<', '<=', '>', '>=']
const KIND_NAMES = {
  text: "a text in quotes, e.g. 'easy'",
  number: 'a number',
  truth: 'true or false',
} as const
/** Deeper brackets are no filter a person wrote. */
const DEEPEST = 100

/** @param origin what messages call it @throws {NinefoldError} NF_EXPORT_FILTER naming the character */
export function parseFilter(text: string, origin = '--where'): Filter {
  const parser = new FilterParser(text, origin)
  return { text, condition: parser.whole(), fields: parser.fields }
}

class FilterParser {
  readonly fields = new Set<string>()
  readonly #text: string
  readonly #origin: string
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(text: string, origin: string) {
    this.#text = text
    this.#origin = origin
    this.#tokens = [...tokensOf(text)]
  }

  whole(): Condition {
    const condition = this.#any()
    if (this.#next !== undefined)
      throw this.#refused(`expected "and", "or" or the end, but there is ${this.#found()}`)
    return condition
  }

  get #next(): Token | undefined {
    return this.#tokens[this.#at]
  }

  #takeWord(...words: string[]): boolean {
    if (!isWord(this.#next, ...words)) return false
    this.#at++
    return true
  }

  #takeSign(sign: string): boolean {
    if (!isSign(this.#next, sign)) return false
    this.#at++
    return true
  }

  #any(): Condition {
    return this.#joined('or', () => this.#joined('and', () => this.#one()))
  }

  #joined(kind: 'and' | 'or', part: () => Condition): Condition {
    const first = part()
    const parts = [first]
    while (this.#takeWord(kind.toUpperCase())) parts.push(part())
    return parts.length === 1 ? first : { kind, parts }
  }

  #one(): Condition {
    if (++this.#depth > DEEPEST) throw this.#refused('this is nested too deeply')
    try {
      if (this.#takeWord('NOT')) return { kind: 'not', part: this.#one() }
      if (!this.#takeSign('(')) return this.#test()
      const inside = this.#any()
      if (!this.#takeSign(')')) throw this.#refused(`expected ")", but there is ${this.#found()}`)
      return inside
    } finally {
      this.#depth--
    }
  }

  #test(): Condition {
    const field = this.#field()
    if (this.#takeWord('IS')) {
      const isNot = this.#takeWord('NOT')
      if (!this.#takeWord('NULL')) throw this.#refused(`expected "null", but there is ${this.#found()}`)
      return negated(isNot, { kind: 'null', field })
    }
    const isNot = this.#takeWord('NOT')
    if (this.#takeWord('IN')) return negated(isNot, { kind: 'in', field, values: this.#list(field) })
    if (isNot) throw this.#refused(`expected "in" behind "not", but there is ${this.#found()}`)
    return { kind: 'compare', field, by: this.#comparison(), to: this.#literal(field) }
  }

  #field(): Field {
    const token = this.#next
    if (token?.kind !== 'word') throw this.#refused(`expected a field, but there is ${this.#found()}`)
    const name = this.#text.slice(token.start, token.end).toLowerCase()
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined
    if (field === undefined) {
      const meant = nearest(name, Object.keys(FIELDS))
      throw this.#refused(`there is no field ${name}${meant === null ? '' : `; did you mean ${meant}?`}`)
    }
    this.fields.add(name)
    this.#at++
    return field
  }

  #comparison(): Comparison {
    const first = this.#next
    const second = this.#tokens[this.#at + 1]
    const isPair = second !== undefined && second.start === first?.end && isSign(second, second.text)
    const pair = isPair ? `${first?.text}${second.text}`.replace('<>', '!=') : ''
    const double = COMPARISONS.find((one) => one === pair)
    const single = COMPARISONS.find((one) => isSign(first, one))
    const found = double ?? single
    if (found === undefined) {
      throw this.#refused(
        `expected a comparison (= != < <= > >=, in, is null), but there is ${this.#found()}`,
      )
    }
    this.#at += double === undefined ? 1 : 2
    return found
  }

  #list(field: Field): Literal[] {
    if (!this.#takeSign('(')) throw this.#refused(`expected "(", but there is ${this.#found()}`)
    const values = [this.#literal(field)]
    while (this.#takeSign(',')) values.push(this.#literal(field))
    if (!this.#takeSign(')')) throw this.#refused(`expected "," or ")", but there is ${this.#found()}`)
    return values
  }

  #literal(field: Field): Literal {
    const start = this.#at
    const value = this.#anyLiteral()
    const kind = typeof value === 'boolean' ? 'truth' : typeof value === 'number' ? 'number' : 'text'
    if (value !== null && kind === field.kind) return value
    this.#at = start
    throw this.#refused(`expected ${KIND_NAMES[field.kind]}, but there is ${this.#found()}`)
  }

  #anyLiteral(): Literal | null {
    const minus = this.#takeSign('-')
    const token = this.#next
    if (token === undefined) return null
    this.#at++
    if (token.kind === 'number') {
      const value = Number(token.text)
      return Number.isNaN(value) ? null : minus ? -value : value
    }
    if (minus) return null
    if (isWord(token, 'TRUE', 'FALSE')) return token.text === 'TRUE'
    const closed = token.kind === 'string' && token.text.length > 1 && /^'[\s\S]*'$/.test(token.text)
    return closed
      ? token.text
          .slice(1, -1)
          .replaceAll("''", "'")
          .replace(/\\([\s\S])/g, '$1')
      : null
  }

  #found(): string {
    const token = this.#next
    return token === undefined ? 'nothing more' : JSON.stringify(this.#text.slice(token.start, token.end))
  }

  #refused(why: string): NinefoldError {
    const character = (this.#next?.start ?? this.#text.length) + 1
    return new NinefoldError(
      'NF_EXPORT_FILTER',
      `${this.#origin}, character ${character}: ${why}\n  ${this.#text}\n  ${' '.repeat(character - 1)}^`,
      `The fields are ${Object.keys(FIELDS).join(', ')}.`,
    )
  }
}

function negated(isNegated: boolean, condition: Condition): Condition {
  return isNegated ? { kind: 'not', part: condition } : condition
}
