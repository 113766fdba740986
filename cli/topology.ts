/** `ninefold topology`: the dataflow of a configuration, drawn from the code. */
import { type Command, Option } from 'commander'
import { loadConfig } from '../config/config.ts'
import { describeTopology } from '../explain/topology-description.ts'
import { topologyMermaid } from '../explain/topology-mermaid.ts'
import { topologyText } from '../explain/topology-text.ts'
import { type PipelineOptions, withPipelineOptions } from './session-options.ts'

interface TopologyOptions extends PipelineOptions {
  readonly mermaid?: boolean
  readonly json?: boolean
}

/** Adds the command `topology`. */
export function register(program: Command): void {
  withPipelineOptions(program.command('topology'))
    .description('draw the dataflow: processors, topics, groups, stores, the model each step asks')
    .addOption(new Option('--mermaid', 'as a Mermaid flowchart').conflicts('json'))
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Drawn from the code and the configuration; nothing is connected to. Processors of one's own are in it.

JSON: { pipeline, edition, partitions, steps: [{ step, title, group, kind, inputs, outputs, store: { changelog,
logged }, standIn, models: [{ role, name, model }], plugged }], topics: [{ topic, writers, readers }] }`,
    )
    .action(draw)
}

async function draw({ config: path, edition, set, mermaid, json }: TopologyOptions): Promise<void> {
  const description = describeTopology(await loadConfig(path, { edition, set }))
  if (json) console.log(JSON.stringify(description, null, 2))
  else console.log(mermaid ? topologyMermaid(description) : topologyText(description))
}
