/** The block of YAML that the Hugging Face Hub reads at the head of a card. */
import { stringify } from 'yaml'
import type { ExportedFile } from '../export.ts'
import type { Tally } from '../tally.ts'

/** Identifiers of licences that the Hub accepts, as far as datasets of questions have them. */
const HUB_LICENCES = new Set([
  ...['apache-2.0', 'mit', 'cc0-1.0', 'cc-by-2.0', 'cc-by-3.0', 'cc-by-4.0', 'cc-by-sa-3.0', 'cc-by-sa-4.0'],
  ...['cc-by-nc-2.0', 'cc-by-nc-3.0', 'cc-by-nc-4.0', 'cc-by-nc-sa-3.0', 'cc-by-nc-sa-4.0', 'cc-by-nd-4.0'],
  ...['cc-by-nc-nd-3.0', 'cc-by-nc-nd-4.0', 'odc-by', 'odbl', 'pddl', 'gpl-3.0', 'bsd-3-clause', 'afl-3.0'],
])
/** The Hub's classes of sizes, rows. */
const SIZES: readonly (readonly [number, string])[] = [
  [1_000, 'n<1K'],
  [10_000, '1K<n<10K'],
  [100_000, '10K<n<100K'],
  [1_000_000, '100K<n<1M'],
  [10_000_000, '1M<n<10M'],
]
const LARGEST = '10M<n<100M'

/** The block, with its dashes. A config a dataset; the folder of the files is data/. */
export function frontMatter(title: string, files: readonly ExportedFile[], tally: Tally): string {
  const rows = files.reduce((sum, file) => sum + file.rows, 0)
  const head = {
    pretty_name: title,
    ...licenceOf(tally),
    ...(tally.languages.length > 0 && { language: tally.languages }),
    task_categories: ['question-answering', 'text-generation'],
    tags: ['reasoning', 'chain-of-thought', 'ninefold'],
    size_categories: [SIZES.find(([limit]) => rows < limit)?.[1] ?? LARGEST],
    configs: configsOf(files),
  }
  return `---\n${stringify(head)}---\n`
}

/** One licence for all sources, where the Hub knows it; else `other`, and the card tells them apart. */
function licenceOf({ sources }: Tally): object {
  const licences = new Set(sources.map(({ licence }) => licence.toLowerCase()))
  const [only = ''] = licences
  if (licences.size === 1 && HUB_LICENCES.has(only)) return { license: only }
  return { license: 'other', license_name: 'by-source' }
}

function configsOf(files: readonly ExportedFile[]): object[] {
  const datasets = [...new Set(files.map(({ dataset }) => dataset))]
  return datasets.map((config_name, at) => {
    const parts = [...new Set(files.filter(({ dataset }) => dataset === config_name).map(({ part }) => part))]
    const data_files = parts.map((part) => ({ split: part, path: `data/${config_name}.${part}-*` }))
    return { config_name, ...(at === 0 && { default: true }), data_files }
  })
}
