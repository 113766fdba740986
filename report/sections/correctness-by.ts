import { literals } from '../../analytics/sql/tokens.ts'
import { TIERS } from '../../schemas/topics.ts'
import { count } from '../../terminal/numbers.ts'
import { distinct, seriesBy, sum, text } from '../rows.ts'
import type { Row, Section } from '../section.ts'
import type { Table } from '../table.ts'

/** Datasets have hundreds of labels: those with the most paths are shown. */
const MOST_LABELS = 20

/** On which questions the models are good. */
export const correctnessBy: Section = {
  name: 'correctness-by',
  title: 'Correct paths by source, tier, number of options and label',
  why: 'Says on which questions a model is strong and on which another should be asked (the counts of ReasonMed, Figure 4, taken apart).',
  select: `SELECT dimension, value, model, paths, correct, errors, share_correct
FROM correctness_by WHERE edition = {edition:String}
ORDER BY indexOf(['source', 'tier', 'options', 'label'], dimension), indexOf(${literals(TIERS)}, value), toUInt32OrZero(value), value, model`,
  weight: 2,
  missing: 'No path has been judged yet.',
  table: pivoted,
  charts: (rows) => {
    const drawn = rows.filter((row) => row.dimension !== 'label')
    const categories = distinct(drawn.map(nameOf))
    return [
      {
        kind: 'bars',
        label: 'Share of correct paths by source, tier and number of options',
        unit: '% correct',
        most: 100,
        categories,
        series: seriesBy(drawn, {
          ...{ by: (row) => text(row, 'model'), category: nameOf, categories },
          ...{ column: 'share_correct', scale: 100 },
        }),
      },
    ]
  },
}

function nameOf(row: Row): string {
  return `${text(row, 'dimension')} ${text(row, 'value')}`
}

/** A row for each value, a column for each model. */
function pivoted(rows: readonly Row[]): Table {
  const models = distinct(rows.map((row) => text(row, 'model'))).sort()
  const groups = [...Map.groupBy(rows, nameOf).values()].map((group) => ({
    group,
    isLabel: group[0]?.dimension === 'label',
    paths: sum(group, 'paths'),
  }))
  const labels = groups.filter(({ isLabel }) => isLabel).sort((a, b) => b.paths - a.paths)
  const shown = [...groups.filter(({ isLabel }) => !isLabel), ...labels.slice(0, MOST_LABELS)]
  const left = labels.length - MOST_LABELS
  return {
    columns: [
      { head: 'by', unit: 'text' },
      { head: 'value', unit: 'text' },
      { head: 'paths', unit: 'count' },
      { head: 'errors', unit: 'count' },
      ...models.map((model) => ({ head: `${model}, %`, unit: 'percent' as const })),
    ],
    rows: shown.map(({ group, paths }) => [
      group[0]?.dimension ?? null,
      group[0]?.value ?? null,
      paths,
      sum(group, 'errors'),
      ...models.map((model) => group.find((row) => row.model === model)?.share_correct ?? null),
    ]),
    note: `Under each model the share of its paths that are correct.${left > 0 ? ` Of the labels those with the most paths; ${count(left)} more are in --json.` : ''}`,
  }
}
