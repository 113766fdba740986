/**
 * Charts as SVG, drawn when the page is made, so that the page needs no script.
 *
 * By Apache ECharts: it draws on a server without a DOM, leaves colours to CSS variables (so that one drawing serves
 * light and dark), and comes with two packages of its own, where Vega brings sixty and Observable Plot a DOM besides.
 */
import { createRequire } from 'node:module'
import type { EChartsOption, SeriesOption } from 'echarts'
import { cutAt } from '../../terminal/fit.ts'
import type { Chart } from '../section.ts'
import { shownText } from '../shown-text.ts'
import { escaped } from './escape.ts'

/** Draws a chart: an `svg` element. */
export type ChartDrawer = (chart: Chart) => string

/** All in the drawing's own units; CSS fits it to the page. */
const WIDTH = 860
const LINES_HEIGHT = 320
const BAR = 15
const BAR_GAP = 12
/** For legend, axis and unit. */
const AROUND_BARS = 92
const LABEL_WIDTH = 240
const LONGEST_NAME = 46
/** Series colours the style sheet has; they repeat beyond it. */
const COLOURS = 6

const TEXT = { color: 'var(--text)', fontSize: 12, fontFamily: 'sans-serif' }
const LINE = { lineStyle: { color: 'var(--rule)' } }
const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6 })

/**
 * Loads the library, which takes a third of a second. By `require`: that is one file, and its modules one by one,
 * which `import` would take, are hundreds.
 */
export function loadChartDrawer(): ChartDrawer {
  const require = createRequire(import.meta.url)
  const { init } = require('echarts') as typeof import('echarts')
  return (chart) => {
    const drawing = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: heightOf(chart) })
    try {
      drawing.setOption(optionOf(chart))
      return withLabel(drawing.renderToSVGString({ useViewBox: true }), chart.label)
    } finally {
      drawing.dispose()
    }
  }
}

function heightOf({ kind, categories, series }: Chart): number {
  if (kind === 'lines') return LINES_HEIGHT
  const bars = kind === 'bars' ? series.length : 1
  return AROUND_BARS + categories.length * (bars * BAR + BAR_GAP)
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
      top: kind === 'lines' ? 64 : 36,
      left: 8,
      right: 28,
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
  if (kind === 'lines') return { type: 'line', name, data, silent: true, symbolSize: 6, connectNulls: true }
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
