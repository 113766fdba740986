/** `ninefold read`: a topic's records as lines of JSON, those of plugged-in processors included. */
import type { Command } from 'commander'
import { openSession } from '../pipeline/session.ts'
import { topicNamed } from '../plugins/topic-named.ts'
import { readTopic } from '../sinks/session-records.ts'
import { wholeNumber } from './option-values.ts'
import { onProgress, type PipelineOptions, withPipelineOptions } from './session-options.ts'
import { reportUnreadable } from './unreadable-report.ts'

interface ReadOptions extends PipelineOptions {
  readonly limit?: number
}

/** Adds the command `read`. */
export function register(program: Command): void {
  withPipelineOptions(program.command('read'))
    .description("print a topic's records as they stand now, a line of JSON each")
    .argument('<topic>', "its short name, e.g. verdicts, or a topic of a processor of one's own")
    .option('--limit <n>', 'how many at most', wholeNumber(0))
    .action(read)
}

async function read(
  name: string,
  { limit = Number.POSITIVE_INFINITY, ...options }: ReadOptions,
): Promise<void> {
  const session = await openSession({ ...options, onProgress })
  try {
    const topic = topicNamed(session.config, name)
    let left = limit
    if (left === 0) return
    for await (const record of readTopic(session, topic)) {
      if (!(await written(`${JSON.stringify(record, plainBytes)}\n`)) || --left <= 0) break
    }
    reportUnreadable(session)
  } finally {
    await session.close()
  }
}

/** Writes without piling up. @returns false when nobody reads any more, e.g. behind `| head`. */
async function written(line: string): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.once('error', () => resolve(false))
    process.stdout.write(line, (error) => resolve(!error))
  })
}

/** Bytes are written in base64, not as a list of numbers. */
function plainBytes(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const held = this[key]
  return Buffer.isBuffer(held) ? held.toString('base64') : value
}
