/** A filter as it was understood, and whether it holds. Nothing of it is ever run as code or sent to a database. */
import type { Field, FieldValue, Subject } from './fields.ts'

/** How two values are compared. */
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>='

/** What a field is compared with. */
export type Literal = string | number | boolean

/** A condition. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'compare'; readonly field: Field; readonly by: Comparison; readonly to: Literal }
  | { readonly kind: 'in'; readonly field: Field; readonly values: readonly Literal[] }
  | { readonly kind: 'null'; readonly field: Field }

/** Whether a condition holds; null = unknown, as in SQL: an unknown value neither fits nor does not. */
export function holds(condition: Condition, subject: Subject): boolean | null {
  switch (condition.kind) {
    case 'not': {
      const part = holds(condition.part, subject)
      return part === null ? null : !part
    }
    case 'and':
      return all(condition.parts, subject, false)
    case 'or':
      return all(condition.parts, subject, true)
    case 'null':
      return condition.field.read(subject) === null
    case 'in':
      return anyOf(condition.field.read(subject), (one) =>
        condition.values.some((value) => compared(one, '=', value)),
      )
    case 'compare': {
      const value = condition.field.read(subject)
      // A list that holds the value is not different from it.
      if (condition.by === '!=') {
        const same = anyOf(value, (one) => compared(one, '=', condition.to))
        return same === null ? null : !same
      }
      return anyOf(value, (one) => compared(one, condition.by, condition.to))
    }
  }
}

/** @param ending the value of one part that decides for all */
function all(parts: readonly Condition[], subject: Subject, ending: boolean): boolean | null {
  let unknown = false
  for (const part of parts) {
    const value = holds(part, subject)
    if (value === ending) return ending
    unknown ||= value === null
  }
  return unknown ? null : !ending
}

function anyOf(value: FieldValue, fits: (one: Literal) => boolean): boolean | null {
  if (value === null) return null
  return typeof value === 'object' ? value.some(fits) : fits(value)
}

/** Texts are compared without regard to case: `mit` is `MIT`. */
function compared(value: Literal, by: Comparison, to: Literal): boolean {
  const [left, right] =
    typeof value === 'string' && typeof to === 'string'
      ? [value.toLowerCase(), to.toLowerCase()]
      : [value, to]
  switch (by) {
    case '=':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}
