import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excerpt, inColumns, right, wrapped } from '../../../terminal/columns.ts'
import { ninefoldCommand, settingFlags, shownPath } from '../../../terminal/commands.ts'
import { bytes, dollars, duration } from '../../../terminal/numbers.ts'

const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 60 })

describe('wrapped text', () => {
  it('keeps every word in its place, in lines that fit', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 12, max: 40 }), (list, width) => {
        const lines = wrapped(list.join(' \n '), width)
        expect(lines.join(' ')).toBe(list.join(' '))
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
      }),
    )
  })

  it('is cut in the middle', () => {
    expect(excerpt('a b c d e f', 1, 2, 1)).toEqual(['a', 'b', '…', 'f'])
    expect(excerpt('a b c', 1, 2, 1)).toEqual(['a', 'b', 'c'])
    expect(excerpt('a b', 1, 1, 0)).toEqual(['a', '…'])
  })
})

it('columns are as wide as their widest cell, numbers to the right', () => {
  const rows = [
    ['name', right('n')],
    ['a', right('100')],
  ]
  expect(inColumns(rows)).toEqual(['name    n', 'a     100'])
})

it('numbers', () => {
  expect([duration(0), duration(59_940), duration(59_960), duration(125_400)]).toEqual([
    '0.0 s',
    '59.9 s',
    '1 min 0 s',
    '2 min 5 s',
  ])
  expect([dollars(1_234_567_890), dollars(12_345_678_900)]).toEqual(['$1.2346', '$12.35'])
  expect([bytes(1), bytes(1_500_000)]).toEqual(['1 KB', '1.5 MB'])
})

it('names commands as they can be typed', () => {
  expect(ninefoldCommand('/home/me/ninefold/cli/bin.mjs', '/home/me/ninefold')).toBe('node cli/bin.mjs')
  expect(ninefoldCommand('/home/me/ninefold/cli/bin.mjs', '/tmp')).toBe('node /home/me/ninefold/cli/bin.mjs')
  expect(ninefoldCommand('/app/node_modules/ninefold/cli/bin.mjs', '/app')).toBe('npx ninefold')
  expect(shownPath('/tmp/a/b', '/tmp')).toBe('a/b')
})

it('writes settings as a shell takes them back', () => {
  expect(settingFlags([])).toBe('')
  expect(settingFlags(['triage.easy.maxErrors=3', "roles.rank={ model: o'1 }"])).toBe(
    " --set triage.easy.maxErrors=3 --set 'roles.rank={ model: o'\\''1 }'",
  )
})
