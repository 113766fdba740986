import { describe, expect, it } from 'vitest'
import { inOneLine, readStatements, splitStatements } from '../../../../analytics/sql/statements.ts'

describe('readStatements', () => {
  it.each([
    ['SELECT 1', { ended: [], begun: 'SELECT 1' }],
    ['SELECT 1;', { ended: ['SELECT 1'], begun: '' }],
    ['SELECT 1; -- done', { ended: ['SELECT 1'], begun: '' }],
    ["SELECT ';' ; SELECT\n2", { ended: ["SELECT ';'"], begun: 'SELECT\n2' }],
    ["SELECT 'open;", { ended: [], begun: "SELECT 'open;" }],
    ['/* ; */ ;;', { ended: [], begun: '' }],
  ])('takes %j apart', (text, statements) => {
    expect(readStatements(text)).toEqual(statements)
  })

  it('is at its end with what has begun', () => {
    expect(splitStatements('SELECT 1; SELECT 2 -- last')).toEqual(['SELECT 1', 'SELECT 2 -- last'])
  })
})

describe('inOneLine', () => {
  it('leaves comments out and lines within quotes as they are', () => {
    expect(inOneLine("SELECT 1, -- one\n  'a\nb',\n /* two */ f( x )")).toBe("SELECT 1, 'a\\nb', f( x )")
  })
})
