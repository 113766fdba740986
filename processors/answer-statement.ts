/**
 * Reads what stands where an answer is declared: "B", "(B)", "B. Lisinopril", "A, C and D", "yes", an
 * option's text. What it returns exists among the options; where label and text disagree it says so.
 */
import type { Option } from '../schemas/types.ts'

/** Sorted labels; `none`: nothing here names an option; `unclear`: something does, but not one thing. */
export type Statement = readonly string[] | 'none' | 'unclear'

/** Reads the words of an answer, one line, with or without the words that lead to it. */
export function readStatement(line: string, options: readonly Option[]): Statement {
  const words = bare(line.slice(0, LONGEST))
  if (words === '') return 'none'
  for (const said of new Set([words, bare(words.replace(LEAD, ''))])) {
    const exact = exactText(said, options)
    if (exact !== 'none') return exact
  }
  const answer = words.replace(LEAD, '')
  const labels = labelList(answer, options)
  return labels === 'none' ? leadingText(answer, options) : labels
}

/** Characters of a line that are looked at: models write what they like, and matching must stay cheap. */
const LONGEST = 2000

const LEAD =
  /^(?:(?:the|both|is|most likely|most appropriate|best|correct|right|final|therefore|thus|clearly|answer|options?|choices?|letters?|labels?)(?:[ \t]+|[ \t]*:[ \t]*))+(?=\S)/i

/** Without dollar signs, emphasis, quotes, a box and the full stop around it. */
function bare(text: string): string {
  return text
    .replace(/^[\s$*_"'“”‘’]+|[\s$*_"'“”‘’.]+$/g, '')
    .replace(/^\\\(\s*(.*?)\s*\\\)$/, '$1')
    .replace(/^\\(?:boxed|fbox)\s*\{([^{}]*)\}$/, '$1')
    .trim()
}

function exactText(said: string, options: readonly Option[]): Statement {
  const named = optionsSaying(said, options)
  if (named.length === 0) return 'none'
  // Options whose texts are letters themselves (blood groups): a letter must not be another's label.
  const asLabel = options.find(({ label }) => label === said)
  const only = named.length === 1 ? named[0] : undefined
  return only === undefined || (asLabel !== undefined && asLabel !== only) ? 'unclear' : [only.label]
}

/** The options with this text; the same case goes first, since "Aa" and "AA" may both be options. */
function optionsSaying(said: string, options: readonly Option[]): Option[] {
  const squashed = squash(said)
  const same = options.filter(({ text }) => squash(text) === squashed)
  if (same.length > 0) return same
  const folded = squashed.toLowerCase()
  return options.filter(({ text }) => fold(text) === folded)
}

function squash(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\s*\.$/, '')
}

function fold(text: string): string {
  return squash(text).toLowerCase()
}

const SEPARATOR = /^\s*(?:[,;&+]\s*(?:and\s+)?|and\s+)/i
// In a list, a capital that is no label may still have been meant as one.
const CAPITAL = /^[([<{]?[A-Z](?![\p{L}\p{N}])/u
const ALTERNATIVE = /^\s*[,;(]?\s*(?:or|and\/or|but)\b/i
const END_OF_LIST = /^\s*(?:$|[.;(–—]|-\s|are\s+(?:both\s+|all\s+)?(?:correct|right))/i

/**
 * One label or a list of them, each with or without its option's text, with or without an explanation
 * behind.
 */
function labelList(answer: string, options: readonly Option[]): Statement {
  const labels: string[] = []
  let item = readLabel(answer, options)
  let rest = answer
  while (item !== null) {
    if (item === 'unclear') return 'unclear'
    labels.push(item.label)
    rest = item.rest
    const separator = SEPARATOR.exec(rest)
    const next = separator === null ? '' : rest.slice(separator[0].length)
    item = readLabel(next, options)
    if (item === null && CAPITAL.test(next)) return 'unclear'
  }
  if (labels.length === 0) return 'none'
  if (ALTERNATIVE.test(rest) || (labels.length > 1 && !END_OF_LIST.test(rest))) return 'unclear'
  return [...new Set(labels)].sort()
}

interface Item {
  readonly label: string
  /** What stands behind the label and its option's text. */
  readonly rest: string
}

// (B)  [B]  <B>  B)  B.  B: ; a letter that begins a word ("B12", "T-cell", "A's") is none.
const LABEL = /^(?:(?:option|choice|answer)\s+)?[([<{]?\s*([A-Za-z])(?![\p{L}\p{N}'’/+²-])(?:\s*([)\]>}]))?/iu
const GAP = /^[\s.):\]–—-]*["'“]*\s*/
const DELIMITED = /^\s*(?:$|[,;&+(–—)]|-\s|[.:](?=\s*$|\s+[^\p{Ll}]))/u
const CONTINUED = /^\s+(?:and|or|because|since|due|which|is (?:the )?(?:correct|best|right|most|answer))\b/i

/**
 * The label a text begins with; null when its first letter is a word or part of one ("A diagnosis", "C.
 * difficile").
 */
function readLabel(text: string, options: readonly Option[]): Item | 'unclear' | null {
  const found = LABEL.exec(text)
  if (found === null) return null
  const written = found[1] ?? ''
  const behind = text.slice(found[0].length)
  const option = options.find(({ label }) => label === written.toUpperCase())
  const own = option === undefined ? null : behindText(behind, option)
  if (option !== undefined && own !== null) return { label: option.label, rest: own }
  const closed = found[2] !== undefined
  // A small letter in a sentence is a word; alone or in brackets it is a label.
  const sound =
    written === written.toUpperCase() ? DELIMITED.test(behind) || CONTINUED.test(behind) : behind === ''
  if (!closed && !sound) return null
  if (option === undefined || saysAnother(behind, option, options)) return 'unclear'
  return { label: option.label, rest: behind.replace(/^\s*[.:]\s*$/, '') }
}

/** What stands behind the option's own text, where that text comes next. */
function behindText(behind: string, { text }: Option): string | null {
  const said = behind.slice(GAP.exec(behind)?.[0].length ?? 0)
  const own = text.trim()
  if (!said.toLowerCase().startsWith(own.toLowerCase())) return null
  const rest = said.slice(own.length)
  return /^[\p{L}\p{N}]/u.test(rest) ? null : rest.replace(/^["'”]/, '')
}

/** Whether the text behind a label is another option's. */
function saysAnother(behind: string, option: Option, options: readonly Option[]): boolean {
  const said = fold(behind.slice(GAP.exec(behind)?.[0].length ?? 0))
  return options.some((other) => {
    if (other === option || other.text.trim().length <= 1) return false
    const text = fold(other.text)
    return text === said || leads(said, text)
  })
}

/** The one option a line begins with, where a sign ends its text: "Yes, because …", "Lisinopril (B)". */
function leadingText(answer: string, options: readonly Option[]): Statement {
  const said = fold(answer)
  const leading = options.filter(({ text }) => text.trim().length > 1 && leads(said, fold(text)))
  const [only] = leading
  if (only === undefined) return 'none'
  const rest = said.slice(fold(only.text).length).replace(/^[^\p{L}\p{N}]+/u, '')
  const another = options.some(
    (option) => option !== only && (rest === fold(option.text) || leads(rest, fold(option.text))),
  )
  const labelled =
    /^(?:(?:option|choice|answer)\s+)?([a-z])[)\]]/.exec(rest)?.[1]?.toUpperCase() ?? only.label
  return leading.length > 1 || another || labelled !== only.label ? 'unclear' : [only.label]
}

function leads(said: string, text: string): boolean {
  return said.startsWith(text) && /^\s*(?:[,;:.–—](?:\s|$)|\(|\[|-\s)/.test(said.slice(text.length))
}
