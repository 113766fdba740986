/** A sink for the toys' topics; as a process of its own, to be killed: `node toy-sink.ts <broker> <pipeline> <url>`. */
import { tmpdir } from 'node:os'
import { Sink, type SinkOptions } from '../../analytics/sink/sink.ts'
import type { Config } from '../../config/config.ts'
import { databaseOf } from '../../config/names.ts'
import { memoryCodec } from '../../schemas/memory-codec.ts'
import { silentLog } from '../../streams/log.ts'
import { EVERY_TOPIC } from './every-topic.ts'
import { ToyKafka, toyConfig } from './toy-kafka.ts'

/** The configuration of toys with a local engine. */
function sinkConfig(toys: Config): Config {
  return { ...toys, clickhouse: { kind: 'local', database: databaseOf(toys.pipeline) } }
}

/** Starts a sink; small inserts, so that there are many. */
export function startSink(toys: ToyKafka, url: string, options: Partial<SinkOptions> = {}): Sink {
  return Sink.start({
    config: sinkConfig(toys.config),
    client: toys.client,
    codec: memoryCodec(),
    fullName: toys.fullName,
    topics: EVERY_TOPIC,
    log: silentLog,
    say: () => {},
    locate: async () => url,
    limits: { maxRows: 50, maxBytes: 1024 * 1024 },
    tuning: { heartbeatIntervalMs: 100, sessionTimeoutMs: 4_000, fetchWaitMs: 50 },
    failed: (error) => toys.failures.push(error),
    ...options,
  })
}

const [broker = '', pipeline = '', url = ''] = process.argv.slice(2)
if (import.meta.main) {
  startSink(new ToyKafka([broker], toyConfig(pipeline, tmpdir())), url)
  process.stdout.write('started\n')
}
