/** Which part of a dataset a question belongs to: by its text and a seed alone, never by order. */
import { placeIn } from '../config/drawing.ts'
import { NinefoldError } from '../errors.ts'
import type { Question } from '../schemas/types.ts'
import { recognisableText } from '../sources/question-text.ts'

/** Named parts with their shares, which make 1. */
export interface Split {
  readonly parts: readonly { readonly name: string; readonly share: number }[]
  readonly seed: number
}

const NAME = /^[a-z][a-z0-9_]*$/
/** Shares are written in decimals, which do not add up exactly. */
const TOLERANCE = 1e-9

/**
 * Reads `train=0.9,validation=0.1`.
 * @throws {NinefoldError} NF_EXPORT_SPLIT
 */
export function parseSplit(text: string, seed: number): Split {
  const parts = text.split(',').map((part) => {
    const [name = '', share = ''] = part.split('=').map((word) => word.trim())
    if (!NAME.test(name)) throw refused(`${JSON.stringify(name)} is no name of a part`)
    const value = Number(share)
    if (share === '' || !(value > 0 && value <= 1))
      throw refused(`the share of ${name} is not above 0 up to 1`)
    return { name, share: value }
  })
  const total = parts.reduce((sum, { share }) => sum + share, 0)
  if (Math.abs(total - 1) > TOLERANCE)
    throw refused(`the shares add up to ${Number(total.toFixed(9))}, not to 1`)
  if (new Set(parts.map(({ name }) => name)).size < parts.length)
    throw refused('two parts have the same name')
  return { parts, seed }
}

/**
 * The part of a question. Questions of the same words are in the same part, whatever their ids, options, revisions and
 * marks: the same question under two ids must not be learnt in one part and asked in another.
 */
export function partOf(
  { parts, seed }: Split,
  { context, stem }: Pick<Question, 'context' | 'stem'>,
): string {
  const words = recognisableText([...context, stem].join(' '))
  const place = placeIn('export-split', seed, words)
  let upTo = 0
  for (const { name, share } of parts) {
    upTo += share
    if (place < upTo) return name
  }
  return parts.at(-1)?.name ?? ''
}

function refused(why: string): NinefoldError {
  return new NinefoldError(
    'NF_EXPORT_SPLIT',
    `--split is not understood: ${why}`,
    'Write names and shares that add up to 1, e.g. --split train=0.9,validation=0.1',
  )
}
