/**
 * Writes docs/topology.md from the code: `node explain/generate-topology-doc.ts`, or with `--check` fails when the
 * file is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadConfig } from '../config/config.ts'
import { describeTopology } from './topology-description.ts'
import { topologyMermaid } from './topology-mermaid.ts'
import { topologyText } from './topology-text.ts'

const TARGET = fileURLToPath(new URL('../docs/topology.md', import.meta.url))
const CONFIG = fileURLToPath(new URL('../demo/ninefold.yaml', import.meta.url))

const description = describeTopology(await loadConfig(CONFIG))
const wanted = `<!-- Generated from the code by \`npm run topology\`; edit that instead. -->
# The dataflow

Topics are round, processors square, those with memory have double sides; a dashed line leads to the topic a memory is
rebuilt from. This is the demo's pipeline, as \`ninefold topology --mermaid\` draws it; in the folder of another one the
command draws that one, processors of your own included.

\`\`\`mermaid
${topologyMermaid(description)}
\`\`\`

In words, as \`ninefold topology\` prints it:

\`\`\`
${topologyText(description)}
\`\`\`
`

if (process.argv.includes('--check')) {
  if (readFileSync(TARGET, 'utf8') !== wanted) {
    console.error('docs/topology.md is stale: run `npm run topology`')
    process.exit(1)
  }
} else {
  writeFileSync(TARGET, wanted)
}
