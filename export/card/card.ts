/** The dataset card: README.md of a Hugging Face dataset, with what was made of what, by whom, and for how much. */
import { stringify } from 'yaml'
import { count } from '../../terminal/numbers.ts'
import type { CardFacts } from './facts.ts'
import { frontMatter } from './front-matter.ts'

/** The card. Equal facts make equal text. */
export function datasetCard(facts: CardFacts): string {
  const { pipeline, edition, summary, tally } = facts
  const title = edition === 'main' ? pipeline : `${pipeline} (${edition})`
  const sections = [
    `# ${title}`,
    INTRODUCTION,
    loading(facts),
    counts(facts),
    sources(facts),
    models(facts),
    prompts(facts),
    costs(facts),
    configuration(facts),
  ]
  return `${frontMatter(title, summary.files, tally)}\n${sections.join('\n\n')}\n`
}

const INTRODUCTION = `Chains of thought made and checked by [Ninefold](https://www.npmjs.com/package/ninefold) after the recipe of
[ReasonMed](https://arxiv.org/abs/2506.09513): several paths a question, a verdict on each, and by the number of wrong
ones the best two kept, mended, or written anew. Every line names what it was made of under \`metadata\`.

The verdicts are a model's, checked by code where code can check: the final answer. They are no physician's.`

function loading({ summary }: CardFacts): string {
  const [first] = summary.files
  return `## Load it

\`\`\`python
from datasets import load_dataset

dataset = load_dataset("<this repository, or the folder it lies in>", "${first?.dataset}", split="${first?.part}")
\`\`\``
}

function counts({ summary, tally, chosenBy }: CardFacts): string {
  const rows = new Map<string, number>()
  for (const { dataset, part, rows: its } of summary.files) {
    const key = `${dataset}\0${part}`
    rows.set(key, (rows.get(key) ?? 0) + its)
  }
  return [
    '## What is in it',
    `${count(summary.records)} training records. Chosen by: ${chosenBy}.`,
    table(
      ['config', 'split', 'rows'],
      [...rows].map(([key, its]) => [...key.split('\0'), count(its)]),
    ),
    table(
      ['tier', 'records'],
      tally.tiers.map(([tier, its]) => [tier, count(its)]),
    ),
    table(
      ['route', 'records'],
      tally.routes.map(([route, its]) => [route, count(its)]),
    ),
    table(
      ['left out', 'records'],
      [
        ['not chosen', count(summary.passedOver)],
        ['of earlier revisions', count(summary.superseded)],
        ['withdrawn', count(summary.withdrawn)],
        ['like a protected question', count(summary.leaked)],
      ],
    ),
  ].join('\n\n')
}

function sources({ tally }: CardFacts): string {
  const rows = tally.sources.map(({ source, licence, records }) => [
    source,
    licence || 'not stated',
    count(records),
  ])
  return `## Sources and their licences\n\n${table(['source', 'licence', 'records'], rows)}`
}

function models({ recorded }: CardFacts): string {
  if (recorded === null) return '## Models\n\nNot recorded.'
  const { samplers, roles } = recorded.content
  const wrote = Object.values(samplers).map(({ model, params }) => ['generate', model, settings(params)])
  const others = Object.entries(roles).map(([role, { model, params }]) => [role, model, settings(params)])
  const rows = [...new Map([...wrote.sort(byText), ...others].map((row) => [row.join('\0'), row])).values()]
  return `## Models and sampling

The model strings are what the endpoints were asked for; a revision is part of them where an endpoint serves several.

${table(['role', 'model', 'sampling'], rows)}`
}

function prompts({ recorded, promptVersions }: CardFacts): string {
  if (recorded === null) return '## Prompts\n\nNot recorded.'
  const rows = Object.entries(recorded.content.prompts).map(([name, hash]) => [
    promptVersions[hash] ?? `${name} (another version)`,
    `\`${hash}\``,
  ])
  return `## Prompts\n\n${table(['prompt', 'hash'], rows)}`
}

function costs({ spending }: CardFacts): string {
  const rows = spending.map(
    ({ role, model, calls, failed, promptTokens, completionTokens, usd, unknown }) => [
      ...[role, model, count(calls), count(failed), count(promptTokens), count(completionTokens)],
      unknown === calls
        ? 'unknown'
        : `${usd.toFixed(4)}${unknown > 0 ? ` and ${count(unknown)} calls unknown` : ''}`,
    ],
  )
  const total = spending.reduce((sum, { usd }) => sum + usd, 0)
  return `## What it cost

${table(['role', 'model', 'calls', 'failed', 'tokens in', 'tokens out', 'USD'], rows)}

In all ${total.toFixed(4)} USD for this edition's own calls, of all questions, chosen or not.`
}

function configuration({ recorded }: CardFacts): string {
  if (recorded === null) return '## Configuration\n\nNot recorded.'
  return `## Configuration

All that decides results, as recorded when the edition first ran with Ninefold ${recorded.codeVersion}; its hash is
\`${recorded.hash}\`.

\`\`\`yaml
${stringify(recorded.content).trimEnd()}
\`\`\``
}

function settings(params: Readonly<Record<string, unknown>>): string {
  return Object.entries(params)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ')
}

function byText(a: readonly string[], b: readonly string[]): number {
  return a.join('\0') < b.join('\0') ? -1 : 1
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(heads), `|${heads.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}

/** Text from elsewhere stays in its cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ')
}
