/** Kafka's own consumer benchmark, for comparison: it only reads. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ensureJars } from '../../stack/jars.ts'
import { findJava } from '../../stack/java.ts'

const HEAP = '-Xmx512m'
/** How long it waits for records before it gives up, ms: a busy machine is slow to join a group. */
const TIMEOUT_MS = 120_000
/** In the table it prints: records a second, joining the group left out. */
const RECORDS_PER_SECOND = 'fetch.nMsg.sec'

/** Records a second that `kafka-consumer-perf-test` reads of a topic, from the time it has joined its group. */
export async function consumerPerfTest(
  brokers: readonly string[],
  topic: string,
  records: number,
): Promise<number> {
  const { kafka } = await ensureJars((line) => console.error(line))
  const tool = ['-cp', join(kafka, '*'), HEAP, 'org.apache.kafka.tools.ConsumerPerformance']
  const what = ['--bootstrap-server', brokers.join(','), '--topic', topic, '--messages', String(records)]
  const flags = [...what, '--timeout', String(TIMEOUT_MS)]
  const { stdout } = await promisify(execFile)(findJava(), [...tool, ...flags])
  const [headings = [], ...rows] = stdout
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter((cells) => cells.length > 1)
  const rate = Number(rows.at(-1)?.[headings.indexOf(RECORDS_PER_SECOND)])
  if (!(rate > 0)) throw new Error(`kafka-consumer-perf-test told no rate: ${stdout}`)
  return rate
}
