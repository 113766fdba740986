/** The sink of a session's edition, as a part of `run` and of a rebuild. */
import { SINK_STEP, Sink, type SinkOptions } from '../analytics/sink/sink.ts'
import { TOPICS_WITHOUT_TABLE } from '../analytics/tables/tables.ts'
import { topicsOf } from '../plugins/topics.ts'
import type { TopicName } from '../schemas/topics.ts'
import { sharedTopics } from '../streams/edition-topics.ts'
import { workerFault } from '../streams/worker-fault.ts'
import { findAnalytics } from './addresses.ts'
import type { Session } from './session.ts'

/** How to start it. */
export type SinkSettings = Pick<SinkOptions, 'failed' | 'say' | 'tuning' | 'registry'>

/** Starts the sink of the session's edition; null where the configuration wants no analytics. */
export function startSink(session: Session, settings: SinkSettings): Sink | null {
  if (session.config.clickhouse.kind === 'off') return null
  return Sink.start({
    ...session,
    ...settings,
    topics: topicsOfSink(session),
    locate: () => findAnalytics(session.config),
    failed: (error) => settings.failed(workerFault(error, `analytics (step ${SINK_STEP})`)),
  })
}

/** The topics an edition brings into the database: its own. Those it shares are its base's to bring in. */
export function topicsOfSink({ config, base }: Pick<Session, 'config' | 'base'>): TopicName[] {
  const shared = sharedTopics(base)
  return topicsOf(config).filter((topic) => !shared.has(topic) && !TOPICS_WITHOUT_TABLE.has(topic))
}

/** Whether `--only` wants the sink: left out it does, as it wants everything. */
export function wantsSink(only: readonly string[]): boolean {
  return only.length === 0 || only.includes(SINK_STEP)
}
