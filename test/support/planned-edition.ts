/** Editions in memory: one that has run, another planned on it, and the other one run. */
import type { Config } from '../../config/config.ts'
import { makePlan } from '../../pipeline/plan/make-plan.ts'
import type { ReplayPlan } from '../../pipeline/plan/replay-plan.ts'
import type { ReplayTopic } from '../../pipeline/replay.ts'
import { selectSteps } from '../../pipeline/run.ts'
import type { Session } from '../../pipeline/session.ts'
import { topicNames } from '../../schemas/topic-names.ts'
import type { Bounds, StoredRecord } from '../../streams/transport/reader.ts'
import { UnreadableRecords } from '../../streams/unreadable.ts'
import { TopologyRun } from './run-topology.ts'
import type { ScriptedModels } from './scripted-models.ts'
import { TopicLog } from './topic-log.ts'

/** The names of a test's edition `main`: what an edition planned on it reads is all there. */
const ofMain = topicNames({ topicPrefix: '', pipeline: 'test', edition: 'main' })

/** Plans an edition on a log. */
export function planOn(
  log: TopicLog,
  config: Config,
  from: ReplayTopic,
  { find }: Pick<ScriptedModels, 'find'>,
): Promise<ReplayPlan> {
  const base = { edition: 'main', from }
  return makePlan({
    config,
    base,
    processors: selectSteps({ config, base } as unknown as Session, []),
    fullName: ofMain,
    baseName: ofMain,
    reader: readerOf(log, config.kafka.partitions),
    codec: log.codec,
    unreadable: new UnreadableRecords(),
    find,
  })
}

/** Runs the edition that was planned, for real. @returns its own log */
export async function replayOf(
  log: TopicLog,
  config: Config,
  from: ReplayTopic,
  models: ScriptedModels,
): Promise<TopicLog> {
  const own = new TopicLog()
  for (const value of log.decoded(from)) {
    const { questionId, question } = value as { questionId?: string; question?: { questionId: string } }
    own.append(from, questionId ?? question?.questionId ?? '', value)
  }
  await new TopologyRun(own, config).run(models.ask)
  return own
}

/** How many questions a log has put into each tier; those it has not decided are waiting. */
export function tiersOf(log: TopicLog): Record<string, number> {
  const last = new Map(
    log.decoded('triage-state').map((state) => [`${state.questionId}@${state.revision}`, state]),
  )
  const tiers: Record<string, number> = {}
  for (const { status, tier } of last.values()) {
    const name = status === 'decided' ? String(tier) : 'waiting'
    tiers[name] = (tiers[name] ?? 0) + 1
  }
  return tiers
}

function readerOf(log: TopicLog, partitions: number) {
  const recordsOf = async (topic: string, partition: number): Promise<StoredRecord[]> => {
    const records: StoredRecord[] = []
    for await (const record of log.source().readTopic(topic)) {
      if (record.partition === partition) records.push({ ...record, timestamp: 0 })
    }
    return records
  }
  return {
    async settledBounds(topic: string): Promise<Bounds[]> {
      const all = Array.from({ length: partitions }, (_, partition) => recordsOf(topic, partition))
      return (await Promise.all(all)).map(({ length }) => ({ first: 0, end: length, written: length }))
    },
    async *read(topic: string, partition: number, from: number, to: number) {
      yield (await recordsOf(topic, partition)).slice(from, to)
    },
  }
}
