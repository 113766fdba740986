/** Cells of the report's tables. */
import { describe, expect, it } from 'vitest'
import { cellTexts, lastRows, type Table, tableOf, type Unit } from '../../../report/table.ts'

const column = (unit: Unit, ...values: (string | number | null)[]) =>
  cellTexts({ columns: [{ head: unit, unit }], rows: values.map((value) => [value]) }).flat()

describe('the cells of a column', () => {
  it('have as many decimals as the smallest value needs', () => {
    expect(column('usd', 1234.5, 2)).toEqual(['1,234.50', '2.00'])
    expect(column('usd', 1234.5, 0.0113, 0)).toEqual(['1,234.5000', '0.0113', '0.0000'])
    expect(column('number', 18, 3.04)).toEqual(['18.0', '3.0'])
    expect(column('number', 18, 0.04)).toEqual(['18.00', '0.04'])
  })

  it('show counts whole, shares in percent, and settings with all their digits', () => {
    expect(column('count', 1_755_000, 0.6)).toEqual(['1,755,000', '1'])
    expect(column('percent', 0.0176, 1)).toEqual(['1.8', '100.0'])
    expect(column('exact', 0.65, 1)).toEqual(['0.65', '1'])
  })

  it('say where there is no value, which is not nothing', () => {
    expect(column('usd', null, 0)).toEqual(['–', '0.00'])
    expect(column('text', '', 'easy')).toEqual(['–', 'easy'])
  })
})

describe('a table of rows', () => {
  it('takes the columns it is told', () => {
    const table = tableOf([
      ['tier', 'text', 'tier'],
      ['share, %', 'percent', 'share'],
    ])([{ share: 0.5, other: 1, tier: 'easy' }, { tier: 'medium' }])
    expect(table.columns.map(({ head }) => head)).toEqual(['tier', 'share, %'])
    expect(table.rows).toEqual([
      ['easy', 0.5],
      ['medium', null],
    ])
  })

  it('keeps its last rows, and tells of the others', () => {
    const table: Table = { columns: [{ head: 'n', unit: 'count' }], rows: [[1], [2], [3]] }
    expect(lastRows(table, 3)).toBe(table)
    expect(lastRows(table, 2).rows).toEqual([[2], [3]])
    expect(lastRows(table, 2).note).toContain('The last 2 rows; 1 before them')
  })
})
