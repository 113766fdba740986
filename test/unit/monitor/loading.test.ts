/** A run without a monitor loads nothing of it: checked in the sources, so that no import slips in. */
import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const sources = globSync('**/*.ts', { exclude: ['node_modules', 'dist', '.ninefold', 'test', 'examples'] })
const textOf = (file: string) => readFileSync(file, 'utf8')

it('prom-client is known to monitor/ alone', () => {
  const knowing = sources.filter((file) => /from 'prom-client'|import\('prom-client'\)/.test(textOf(file)))
  expect(knowing.length).toBeGreaterThan(0)
  expect(knowing.filter((file) => !file.startsWith('monitor/'))).toEqual([])
})

it('monitor/ is loaded in one place, when it is wanted', () => {
  const elsewhere = sources.filter((file) => !file.startsWith('monitor/'))
  const loading = elsewhere.filter((file) => /^import (?!type )[^\n]*\/monitor\/[^\n]*'$/m.test(textOf(file)))
  expect(loading).toEqual([])
  const lazy = elsewhere.filter((file) => /await import\('[./]*\/monitor\//.test(textOf(file)))
  expect(lazy).toEqual(['pipeline/run.ts'])
})
