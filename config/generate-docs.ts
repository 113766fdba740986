/**
 * Writes docs/configuration.md from the schema and example.yaml: `node config/generate-docs.ts`, or with `--check`
 * fails when the file is stale, a key has no description, or the example does not show it.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import { exampleAt, inYaml, type KeyDoc, type SectionDoc, sectionDocs } from './key-docs.ts'
import { configFile } from './schema.ts'

const TARGET = fileURLToPath(new URL('../docs/configuration.md', import.meta.url))
const EXAMPLE = readFileSync(new URL('example.yaml', import.meta.url), 'utf8')

const HEAD = `# Configuration

<!-- Generated from config/schema.ts and config/example.yaml by \`npm run docs\`; edit those instead. -->

Every key of \`ninefold.yaml\`. \`ninefold init\` writes one to begin with; \`ninefold validate\` names the line, the column, the
key and a remedy for everything that is wrong with it. Unknown keys are refused everywhere but in a model's \`params\`.

- Files and folders are seen from the folder of \`ninefold.yaml\`.
- Secrets never stand in it: keys that end in \`Env\` name environment variables, which are read from the environment or from a
  \`.env\` beside the file; the environment wins.
- What changes results (\`samplers\`, \`roles\` but \`score\`, their models' \`params\`, \`triage\`, \`regenerate\`, \`verify\` but its
  \`controls\`, \`prompts\` but those that score, \`filters\`) makes an edition: it cannot change under a name that has run. Everything else may
  change freely, but for \`kafka.partitions\`; another \`pipeline\` or \`kafka.topicPrefix\` is another pipeline.

## An example with every key

Not a sensible configuration: it shows each key once.

\`\`\`yaml
${EXAMPLE.trim()}
\`\`\`
`

const problems: string[] = []
/** A whole configuration, and behind it other forms of some of its keys. */
const examples = parseAllDocuments(EXAMPLE).map((document): unknown => document.toJS())

function render(sections: readonly SectionDoc[]): string {
  return [HEAD, ...sections.map(sectionText)].join('\n')
}

function sectionText({ paths, keys }: SectionDoc): string {
  const [first = ''] = paths
  const title = first === '' ? 'Top level' : paths.map((path) => `\`${path}\``).join(', ')
  const rows = keys.map((key) => row(paths, key))
  const head = '| key | type | default | unit | what it is | example |\n|---|---|---|---|---|---|'
  return `## ${title}\n\n${head}\n${rows.join('\n')}\n`
}

function row(paths: readonly string[], { key, type, byDefault, unit, about }: KeyDoc): string {
  const place = `${paths[0] === '' ? '' : `${paths[0]}.`}${key}`
  const shown = examples
    .flatMap((example) => paths.map((path) => exampleAt(example, path, key)))
    .find((value) => value !== undefined)
  if (about === '') problems.push(`${place} has no description: add .describe(...) in the schema`)
  if (shown === undefined) problems.push(`config/example.yaml does not show ${place}: add it there`)
  return `| ${[`\`${key}\``, type, byDefault, unit, about, exampleCell(shown)].map(cell).join(' | ')} |`
}

/** A mapping's or a list's own keys are shown where they are described. */
function exampleCell(value: unknown): string {
  if (value === undefined) return ''
  const text = inYaml(value)
  return text.length <= 60 ? `\`${text}\`` : 'see above'
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ')
}

const wanted = render(sectionDocs(configFile))
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
if (process.argv.includes('--check')) {
  if (readFileSync(TARGET, 'utf8') !== wanted) {
    console.error('docs/configuration.md is stale: run `npm run docs`')
    process.exit(1)
  }
} else {
  writeFileSync(TARGET, wanted)
}
