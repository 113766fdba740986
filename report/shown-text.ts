/** Text of others, made fit to stand in a report. */
import { printable } from '../terminal/fit.ts'

/** Characters that turn the direction of what follows them, beyond the text they came in. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/gu

/** On one line, without control characters, and with a mark for what would turn the text around it. */
export function shownText(text: string): string {
  return printable(text).replaceAll(/\s+/g, ' ').replaceAll(TURNING, '\ufffd')
}
