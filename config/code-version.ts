import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** Ninefold's own version; compiled, this file lies a folder deeper than in a checkout. */
export function codeVersion(): string {
  const text = readFileSync(findPackageJSON(import.meta.url)!, 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
