/** The report as it stands on a terminal. */
import { expect, it } from 'vitest'
import type { Section } from '../../../report/section.ts'
import { tableOf } from '../../../report/table.ts'
import { terminalReport } from '../../../report/terminal-report.ts'
import { PLAIN } from '../../../terminal/style.ts'

const section: Section = {
  name: 'tiers',
  title: 'Tiers',
  why: 'Says how hard the questions were (ReasonMed, Figure 6).',
  select: 'SELECT 1',
  missing: 'Nothing is sorted yet.',
  table: (rows) => ({
    ...tableOf([
      ['tier', 'text', 'tier'],
      ['questions', 'count', 'questions'],
    ])(rows),
    note: 'As it came.',
  }),
}
const layout = { width: 40, style: PLAIN }

it('has a heading, a reason, a table with numbers to the right, and its note', () => {
  const rows = [
    { tier: 'easy', questions: 1234 },
    { tier: 'medium', questions: 5 },
  ]
  expect(terminalReport([{ section, rows }], layout).split('\n')).toEqual([
    'Tiers (tiers)',
    'Says how hard the questions were',
    '(ReasonMed, Figure 6).',
    '',
    'tier    questions',
    '─────────────────',
    'easy        1,234',
    'medium          5',
    'As it came.',
  ])
})

it('says in a line what is missing where there are no rows', () => {
  expect(terminalReport([{ section, rows: [] }], layout)).toMatch(/Figure 6\)\.\nNothing is sorted yet\.$/)
})

it('does not hand on what a terminal would obey, or what turns text around', () => {
  const tier = 'a\x1b[2Jb\u202ec\nd'
  const text = terminalReport([{ section, rows: [{ tier, questions: 1 }] }], layout)
  expect(text).toContain('a[2Jb\ufffdc d')
})
