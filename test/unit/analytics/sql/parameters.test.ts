import { describe, expect, it } from 'vitest'
import { sizeOf } from '../../../../analytics/sql/limits.ts'
import { boundParameters, checkParameters, parametersOf } from '../../../../analytics/sql/parameters.ts'

describe('parameters', () => {
  it('are found where ClickHouse finds them, with their types', () => {
    const sql = "SELECT {id:String}, '{quoted:String}', {'a': 1} -- {comment:String}\n, { n : Array(UInt8) }"
    expect([...parametersOf(sql)]).toEqual([
      ['id', 'String'],
      ['n', 'Array(UInt8)'],
    ])
  })

  it('are bound to the statements that have them: text escaped, all else as it is', () => {
    const given = { text: 'a\tb\\', list: "['it\\'s']", elsewhere: 'x' }
    expect(boundParameters('SELECT {text:Nullable(String)}, {list:Array(String)}', given)).toEqual({
      param_text: 'a\\tb\\\\',
      param_list: "['it\\'s']",
    })
  })

  it.each([
    [['SELECT {a:String}'], {}],
    [['SELECT 1'], { a: '1' }],
    [['SELECT {a:String}', 'SELECT {b:String}'], { a: '1' }],
  ])('of %j that do not fit %j are refused', (statements, given: Record<string, string>) => {
    expect(() => checkParameters(statements, given)).toThrow(
      expect.objectContaining({ code: 'NF_SQL_PARAMETER' }),
    )
  })

  it('may be set by a statement', () => {
    expect(() => checkParameters(['SET param_a = 1', 'SELECT {a:String}'], {})).not.toThrow()
  })
})

describe('sizeOf', () => {
  it.each([
    ['500M', 500 * 1024 ** 2],
    ['8 GiB', 8 * 1024 ** 3],
    ['1.5g', 1.5 * 1024 ** 3],
    ['100', 100],
    ['0', null],
    ['-1G', null],
    ['much', null],
    ['', null],
  ])('%s is %s', (text, bytes) => {
    expect(sizeOf(text)).toBe(bytes)
  })
})
