/**
 * Charts as SVG, drawn when the page is made, so that the page needs no script.
 *
 * By Apache ECharts: it draws on a server without a DOM, leaves colours to CSS variables (so that one drawing serves
 * light and dark), and comes with two packages of its own, where Vega brings sixty and Observable Plot a DOM besides.
 */
import { createRequire } from 'node:module'
import type { EChartsOption, SeriesOption } from 'echarts'
import { cutAt, widthOf } from '../../terminal/fit.ts'
import type { Chart } from '../section.ts'
import { shownText } from '../shown-text.ts'
import { escaped } from './escape.ts'

/** Draws a chart: an `svg` element. */
export type ChartDrawer = (chart: Chart) => string

/** All in the drawing's own units; CSS fits it to the page. */
const WIDTH = 860
const LINES_HEIGHT = 320
const BAR = 15
/** Where many lie side by side. */
const THIN_BAR = 9
const MOST_THICK_BARS = 4
const BAR_GAP = 12
/** Below the bars: the axis and its unit. */
const AXIS = 56
/** Above the lines: the axis's unit. */
const UNIT = 34
const LEGEND_ROW = 26
/** A name's mark, and the room to the next. */
const LEGEND_MARK = 52
const LABEL_WIDTH = 240
const LONGEST_NAME = 46
/** Series colours the style sheet has; they repeat beyond it. */
const COLOURS = 10

const TEXT = { color: 'var(--text)', fontSize: 12, fontFamily: 'sans-serif' }
/** An average letter of a wide sans-serif, ems: which font a reader has is not known here, and labels shall fit. */
const LETTER_EM = 0.62
const LINE = { lineStyle: { color: 'var(--rule)' } }
const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6 })

/**
 * Loads the library, which takes a third of a second. By `require`: that is one file, and its modules one by one,
 * which `import` would take, are hundreds.
 */
export function loadChartDrawer(): ChartDrawer {
  const require = createRequire(import.meta.url)
  const { init, setPlatformAPI } = require('echarts') as typeof import('echarts')
  setPlatformAPI({ measureText: (text) => ({ width: textWidth(text) }) })
  return (given) => {
    // A line needs two points.
    const chart: Chart =
      given.kind === 'lines' && given.categories.length === 1 ? { ...given, kind: 'bars' } : given
    const drawing = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: heightOf(chart) })
    try {
      drawing.setOption(optionOf(chart))
      return withLabel(drawing.renderToSVGString({ useViewBox: true }), chart.label)
    } finally {
      drawing.dispose()
    }
  }
}

function heightOf(chart: Chart): number {
  const { kind, categories, series } = chart
  if (kind === 'lines') return LINES_HEIGHT + legendHeight(chart)
  const bars = kind === 'bars' ? series.length : 1
  return legendHeight(chart) + categories.length * (bars * barHeight(bars) + BAR_GAP) + AXIS
}

function barHeight(bars: number): number {
  return bars > MOST_THICK_BARS ? THIN_BAR : BAR
}

/** The names stand in rows above the drawing; one series needs none. */
function legendHeight({ series }: Chart): number {
  if (series.length < 2) return 8
  let rows = 1
  let used = 0
  for (const { name } of series) {
    const width = textWidth(named(name)) + LEGEND_MARK
    if (used > 0 && used + width > WIDTH) {
      rows++
      used = 0
    }
    used += width
  }
  return rows * LEGEND_ROW + 8
}

function textWidth(text: string): number {
  return widthOf(text) * LETTER_EM * TEXT.fontSize
}

function optionOf(chart: Chart): EChartsOption {
  const { kind, unit } = chart
  const names = chart.categories.map(named)
  const values = {
    type: 'value' as const,
    name: shownText(unit),
    nameLocation: kind === 'lines' ? ('end' as const) : ('middle' as const),
    nameGap: kind === 'lines' ? 12 : 26,
    nameTextStyle: { ...TEXT, align: kind === 'lines' ? ('left' as const) : ('center' as const) },
    axisLabel: { ...TEXT, formatter: (value: number) => GROUPED.format(value), hideOverlap: true },
    splitLine: LINE,
    max: chart.most,
    // Shares near each other would be one flat line above zero.
    scale: kind === 'lines',
  }
  const categories = {
    type: 'category' as const,
    data: names,
    axisLabel: { ...TEXT, hideOverlap: true, ...(kind !== 'lines' && { width: LABEL_WIDTH, interval: 0 }) },
    axisLine: LINE,
    axisTick: { show: false },
  }
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: TEXT,
    color: Array.from({ length: COLOURS }, (_, at) => `var(--series-${at + 1})`),
    legend: { show: chart.series.length > 1, top: 0, left: 0, textStyle: TEXT, itemGap: 18 },
    grid: {
      top: legendHeight(chart) + (kind === 'lines' ? UNIT : 0),
      // The first hour's name is wider than the numbers before it.
      left: kind === 'lines' ? 44 : 8,
      right: kind === 'lines' ? 60 : 28,
      bottom: kind === 'lines' ? 8 : 28,
      containLabel: true,
    },
    ...(kind === 'lines'
      ? { xAxis: categories, yAxis: values }
      : { xAxis: values, yAxis: { ...categories, inverse: true } }),
    series: chart.series.map(({ name, values: data }) => seriesOf(kind, named(name), data)),
  }
}

function seriesOf(kind: Chart['kind'], name: string, values: readonly (number | null)[]): SeriesOption {
  const data = values.map((value) => value ?? '-')
  if (kind === 'lines')
    return { type: 'line', name, data, silent: true, symbol: 'circle', symbolSize: 6, connectNulls: true }
  return {
    ...{ type: 'bar', name, data, silent: true, barMaxWidth: BAR, barGap: '10%' },
    ...(kind === 'stacked-bars' && { stack: 'all' }),
  }
}

function named(text: string): string {
  return cutAt(shownText(text), LONGEST_NAME)
}

/** Names the picture; the library's own styles, for a pointer that passes over it, are left out. */
function withLabel(svg: string, label: string): string {
  return svg
    .replaceAll(/<style\b[^>]*>.*?<\/style>/gs, '')
    .replace('<svg ', `<svg role="img" aria-label="${escaped(label)}" `)
}
