/** The report as a page: text of others stays text. */
import { describe, expect, it } from 'vitest'
import { loadChartDrawer } from '../../../report/html/charts.ts'
import { htmlReport } from '../../../report/html/page.ts'
import { seriesOf } from '../../../report/rows.ts'
import type { Chart, Row, Section } from '../../../report/section.ts'
import { SECTIONS } from '../../../report/sections.ts'
import { tableOf } from '../../../report/table.ts'

const HOSTILE = [
  '<script>alert(1)</script>',
  '"onload="alert(1)',
  "'><img src=x onerror=alert(1)>",
  '</svg></style><b>',
  'a\u202etxt.exe\u2066b',
  ']]><!--',
]

const section: Section = {
  name: 'models',
  title: 'Models',
  why: 'Says what they are called.',
  select: 'SELECT 1',
  missing: 'There is none.',
  table: tableOf([
    ['model', 'text', 'model'],
    ['paths', 'count', 'paths'],
  ]),
  charts: (rows) => [chartOf(rows, 'bars'), chartOf(rows, 'stacked-bars'), chartOf(rows, 'lines')],
}

const subject = {
  pipeline: HOSTILE[0]!,
  edition: 'main',
  definition: 'majority',
  madeAt: new Date(0),
} as const
const rows = HOSTILE.map((model, at) => ({ model, paths: at + 1234 }))
const draw = loadChartDrawer()

function chartOf(rows: readonly Row[], kind: Chart['kind']): Chart {
  return {
    ...{ kind, label: HOSTILE[1]!, unit: HOSTILE[2]!, categories: rows.map(({ model }) => String(model)) },
    series: [seriesOf(rows, HOSTILE[3]!, 'paths'), seriesOf(rows, HOSTILE[5]!, 'paths')],
  }
}

describe('a page of hostile text', () => {
  const page = htmlReport(subject, [{ section, rows }], draw)
  const tags = page.match(/<[^>]*>/g) ?? []

  it('holds no element and no attribute but its own', () => {
    const names = tags.map((tag) => /^<[/!]?\s*([a-z0-9]+)/i.exec(tag)?.[1])
    expect(names).not.toContain('script')
    expect(names).not.toContain('img')
    expect(names).not.toContain('b')
    expect(names.filter((name) => name === 'style')).toHaveLength(2)
    // Within a tag a quotation mark only opens and closes values.
    for (const tag of tags) expect(tag.replaceAll(/="[^"]*"/g, '')).not.toMatch(/["']|\bon\w+=/)
    expect(page).toContain('<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>')
    expect(page).toContain('aria-label="&quot;onload=&quot;alert(1)"')
  })

  it('turns no text around', () => {
    expect(page).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
    expect(page).toContain('a\ufffdtxt.exe\ufffdb')
  })

  it('forbids scripts and requests, and needs neither', () => {
    expect(page).toContain(`http-equiv="Content-Security-Policy" content="default-src 'none';`)
    expect(
      tags.filter((tag) => /\s(src|srcset|data|action|xlink:href)=|url\((?!#)|@import/.test(tag)),
    ).toEqual([])
    expect(tags.filter((tag) => /\shref="(?!#)/.test(tag))).toEqual([])
  })

  it('draws with the colours of the page', () => {
    // Areas nobody sees are transparent; a stroke of no width has a colour nonetheless.
    const texts = page.match(/<text\b[^>]*>/g) ?? []
    expect(texts.length).toBeGreaterThan(30)
    expect(texts.filter((text) => !text.includes('fill="var(--text)"'))).toEqual([])
    const bars = page.match(/<path\b[^>]*ecmeta_ssr_type="chart"[^>]*>/g) ?? []
    expect(bars).toHaveLength(3 * 2 * HOSTILE.length)
    for (const bar of bars) expect(bar).toMatch(/fill="var\(--series-[12]\)"/)
  })

  it('puts numbers to the right', () => {
    expect(page).toContain('<td class="number"><bdi>1,234</bdi></td>')
  })
})

it('says what is missing where a section has no rows, and draws nothing', () => {
  const page = htmlReport(subject, [{ section, rows: [] }], draw)
  expect(page).toContain('<p class="missing">There is none.</p>')
  expect(page).not.toContain('<svg')
})

describe('the sections', () => {
  it('have names of their own, and say which part of the paper they answer to', () => {
    expect(new Set(SECTIONS.map(({ name }) => name)).size).toBe(SECTIONS.length)
    for (const { name, why, missing } of SECTIONS) {
      expect(why, name).toMatch(/ReasonMed, (Figure|Table) \d/)
      expect(missing, name).not.toBe('')
    }
  })
})
