/** docs/exports.md against the sources: every format and every field is explained, under the name it has. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FIELDS } from '../../../export/filter/fields.ts'
import { FORMATS } from '../../../export/formats.ts'

/** What stands in backticks in the first cells of a table's rows. */
function firstCells(head: string): string[] {
  const page = readFileSync('docs/exports.md', 'utf8')
  const tables = page.split('\n\n').filter((block) => block.startsWith(`| ${head} |`))
  const rows = tables.flatMap((table) => table.split('\n').slice(2))
  return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name!))
}

describe('docs/exports.md', () => {
  it('explains every format, and none that does not exist', () => {
    expect(firstCells('`--format`')).toEqual(FORMATS.map(({ name }) => name))
  })

  it('explains every field of a filter, and none that does not exist', () => {
    expect(firstCells('field').sort()).toEqual(Object.keys(FIELDS).sort())
  })
})
