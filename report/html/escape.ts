/** Text on a page: never more than text. */
import { shownText } from '../shown-text.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for an element or a quoted attribute, whoever wrote it. */
export function escaped(text: string): string {
  return shownText(text).replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
}
