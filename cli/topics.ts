/** `ninefold topics`: what is in an edition's topics, and which groups are behind. */
import type { Command } from 'commander'
import { openSession } from '../pipeline/session.ts'
import { readTopics } from '../progress/topics.ts'
import { topicsScreen } from '../progress/topics-screen.ts'
import { columnsOf } from '../terminal/fit.ts'
import { styleFor } from '../terminal/style.ts'
import { onProgress, type PipelineOptions, withPipelineOptions } from './session-options.ts'

interface TopicsCommandOptions extends PipelineOptions {
  readonly json?: boolean
}

/** Adds the command `topics`. */
export function register(program: Command): void {
  withPipelineOptions(program.command('topics'))
    .description(
      'show each topic of the edition: partitions, records, bytes on disk, and which groups are behind',
    )
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
JSON: { pipeline, edition, topics: [{ topic, name, shared, partitions, offsets, bytes, compression: { codecs, ratio,
unpackedBytes }, groups: [{ group, step, title, lag }] }], total: { partitions, offsets, bytes, lag } }. Offsets are
records and the marks that transactions leave among them; bytes are one copy of each partition, null when the broker does
not tell; compression is a sample's, null where there is nothing.`,
    )
    .action(topics)
}

async function topics({ json, ...options }: TopicsCommandOptions): Promise<void> {
  const session = await openSession({ ...options, onProgress })
  try {
    const report = await readTopics(session)
    const shown = () => topicsScreen(report, columnsOf(process.stdout), styleFor(process.stdout))
    console.log(json ? JSON.stringify(report, null, 2) : shown())
  } finally {
    await session.close()
  }
}
