import { distinct, seriesBy, text } from '../rows.ts'
import type { Row, Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** How datasets from outside compare, this one's exports among them where they were scored as well. */
export const datasets: Section = {
  name: 'datasets',
  title: 'Datasets compared',
  why: 'Says how good one scorer finds the answers of several datasets, all seen with the same words (ReasonMed, Table 3).',
  select: `SELECT dataset, scorer, prompt_version, any(dataset_scores.n) AS n,
    anyIf(dataset_scores.mean, aspect = 'overall') AS mean,
    anyIf(dataset_scores.mean_low, aspect = 'overall') AS mean_low,
    anyIf(dataset_scores.mean_high, aspect = 'overall') AS mean_high,
    anyIf(dataset_scores.mean, aspect = 'clinical_accuracy') AS clinical_accuracy,
    anyIf(dataset_scores.mean, aspect = 'logic') AS logic,
    anyIf(dataset_scores.mean, aspect = 'factual_correctness') AS factual_correctness,
    anyIf(dataset_scores.mean, aspect = 'completeness') AS completeness
FROM dataset_scores WHERE edition = {edition:String}
GROUP BY dataset, scorer, prompt_version ORDER BY scorer, prompt_version, mean DESC, dataset`,
  missing: 'No dataset has been scored: `ninefold score FILE` does that, for an export of this one as well.',
  table: (rows) => ({
    ...tableOf([
      ['dataset', 'text', 'dataset'],
      ['scorer', 'text', 'scorer'],
      ['prompt', 'text', 'prompt_version'],
      ['items', 'count', 'n'],
      ['mean score', 'score', 'mean'],
      ['from', 'score', 'mean_low'],
      ['to', 'score', 'mean_high'],
      ['clinical accuracy', 'score', 'clinical_accuracy'],
      ['logic', 'score', 'logic'],
      ['factual correctness', 'score', 'factual_correctness'],
      ['completeness', 'score', 'completeness'],
    ])(rows),
    note: 'Of ten points. From and to: 95 % confidence interval of the mean. Scores of different scorers or prompts are not to be compared.',
  }),
  charts: (rows) => {
    const categories = distinct(rows.map((row) => text(row, 'dataset')))
    const series = seriesBy(rows, {
      ...{ by: scorerOf, category: (row) => text(row, 'dataset'), categories, column: 'mean' },
    })
    return [
      {
        kind: 'bars',
        label: 'Mean score of each dataset',
        unit: 'points of ten',
        most: 10,
        categories,
        series,
      },
    ]
  },
}

function scorerOf(row: Row): string {
  return `${text(row, 'scorer')}, ${text(row, 'prompt_version')}`
}
