/** How commands are shown: as they can be typed in the folder this one was started in. */
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../cli/bin.mjs', import.meta.url))

/** How this Ninefold is started: from a checkout by its file, as an installed package by its name. */
export function ninefoldCommand(bin: string = BIN, from: string = process.cwd()): string {
  return bin.split(sep).includes('node_modules') ? 'npx ninefold' : `node ${shownPath(bin, from)}`
}

/** A path relative to the working folder where it lies beneath it. */
export function shownPath(path: string, from: string = process.cwd()): string {
  const short = relative(from, path)
  return short === '' || short.startsWith('..') ? path : short
}

/** Settings as options of a command line, each with a blank before it; what a shell would not leave alone is quoted. */
export function settingFlags(settings: readonly string[]): string {
  return settings.map((setting) => ` --set ${shellWord(setting)}`).join('')
}

function shellWord(text: string): string {
  return /^[\w.,:=/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
