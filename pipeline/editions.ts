/**
 * What a dataset edition is: recorded in topic `editions` at its first start, compared at every other one. What
 * changes results cannot change under a name.
 */
import { join } from 'node:path'
import { codeVersion } from '../config/code-version.ts'
import type { Config } from '../config/config.ts'
import { decisiveSettings, diffEditions, type Edition, editionOf, readEdition } from '../config/edition.ts'
import { NinefoldError } from '../errors.ts'
import type { Codec } from '../schemas/codec.ts'
import { SCHEMA_OF_TOPIC, type TopicName } from '../schemas/topics.ts'
import type { Edition as EditionRecord, InputEnd } from '../schemas/types.ts'
import { waitForLock } from '../stack/lock.ts'
import { type EditionBase, sharedTopics } from '../streams/edition-topics.ts'
import { slotsFolder } from '../streams/slot.ts'
import type { KafkaClient } from '../streams/transport/client.ts'
import type { TopicReader } from '../streams/transport/reader.ts'
import { UnreadableRecords } from '../streams/unreadable.ts'
import { settingFlags } from '../terminal/commands.ts'
import { publish } from './publish.ts'
import type { Session } from './session.ts'

/** Writing a record takes a moment; a broker that comes back may take longer, ms. */
const LOCK_TIMEOUT_MS = 120_000

/** Where editions are read from. */
export interface EditionSource {
  readonly client: KafkaClient
  readonly reader: TopicReader
  readonly codec: Codec
  readonly unreadable: UnreadableRecords
}

/** What topic `editions` says of an edition. */
export interface RecordedEdition {
  readonly record: EditionRecord
  /** When it was first started, ms since 1970. */
  readonly madeAt: number
  /** Whether deleting it was begun, and not finished. */
  readonly isDropping: boolean
}

/**
 * What was recorded of an edition at its first start; null when it has never run. The first record that can be read
 * counts: whatever else somebody wrote there is passed by.
 * @throws {NinefoldError} NF_EDITION_UNREADABLE when there are records and none can be read
 */
export async function findEdition(source: EditionSource, topic: string): Promise<EditionRecord | null> {
  return (await readEditionTopic(source, topic))?.record ?? null
}

/** The same, with all that is known beside it. */
export async function readEditionTopic(
  source: EditionSource,
  topic: string,
): Promise<RecordedEdition | null> {
  const { client, reader, codec, unreadable } = source
  if (!(await client.listTopics()).includes(topic)) return null
  let first: RecordedEdition | null = null
  let isEmpty = true
  for await (const records of reader.readAll(topic)) {
    for (const { partition, offset, value, timestamp: madeAt } of records) {
      const place = { topic, partition, offset }
      // Behind the first one nothing counts but that it is being dropped: nobody needs to hear of what else is there.
      const notes: UnreadableRecords = first === null ? unreadable : new UnreadableRecords()
      const record = await notes.read(place, () => codec.decodeAsync('editions', value))
      isEmpty = false
      if (record === null) continue
      first ??= { record, madeAt, isDropping: false }
      first = { ...first, isDropping: record.kind === DROPPING }
    }
  }
  if (first !== null || isEmpty) return first
  const { partition, offset, why } = unreadable.named.find((one) => one.topic === topic)!
  throw new NinefoldError(
    'NF_EDITION_UNREADABLE',
    `nothing in topic ${topic} can be read; the first record is ${partition}/${offset}: ${why}`,
    'Were the registry emptied and Kafka kept, bring its schemas back. Else take another edition with --edition, or delete this topic if the edition has never run.',
  )
}

/** The kind of the record that says that an edition is being deleted, unless another one follows that takes it back. */
export const DROPPING = 'dropping'

/** Refuses to go on with an edition of which some may be gone already. @throws NF_EDITION_DROPPING */
export function refuseDropping(edition: string, recorded: RecordedEdition | null): void {
  if (!recorded?.isDropping) return
  throw new NinefoldError(
    'NF_EDITION_DROPPING',
    `edition ${edition} is being dropped, and some of it may be gone already`,
    `Let \`ninefold editions drop ${edition}\` end what was begun; what was paid for is kept.`,
  )
}

/** What an edition is built on, as recorded. */
export function baseOf({ base, from }: EditionRecord): EditionBase | null {
  if (base === null || from === null) return null
  if (!(from in SCHEMA_OF_TOPIC))
    throw new Error(`an edition is recorded as built from ${from}, which is no topic`)
  return { edition: base, from: from as EditionBase['from'] }
}

/**
 * Refuses to build on an edition that is not there, or has no such topic of its own.
 * @param recorded what is recorded of the base
 * @throws NF_EDITION_BASE
 */
export function checkBase({ edition, from }: EditionBase, recorded: EditionRecord | null): void {
  if (recorded === null) {
    throw new NinefoldError(
      'NF_EDITION_BASE',
      `edition ${edition} has never run: there is nothing to build on`,
      'Name an edition that has run, with --of.',
    )
  }
  const below = baseOf(recorded)
  if (below === null) return
  throw new NinefoldError(
    'NF_EDITION_BASE',
    `edition ${edition} takes its ${below.from} from edition ${below.edition}: ${from} of it cannot be built on`,
    `Build on edition ${below.edition} itself, with --of ${below.edition}.`,
  )
}

/**
 * Whether the edition has run, with this configuration.
 * @throws NF_EDITION_CHANGED when the configuration would give other results than the recorded one.
 */
export async function isSettled(session: Session, edition: Edition): Promise<boolean> {
  const recorded = await findEdition(session, session.fullName('editions'))
  if (recorded === null || recorded.hash === edition.hash) return recorded !== null
  throw changed(session.config, recorded, edition)
}

/**
 * Records the edition at its first start.
 * @throws NF_EDITION_CHANGED as {@link isSettled} does
 */
export async function settleEdition(session: Session): Promise<Edition> {
  const { config, base } = session
  const edition = editionOf(config)
  if (await isSettled(session, edition)) return edition
  // Workers that start together write it once.
  const path = join(slotsFolder(config), 'edition.lock')
  using _lock = await waitForLock(path, { timeoutMs: LOCK_TIMEOUT_MS })
  if (await isSettled(session, edition)) return edition
  const value: EditionRecord = {
    kind: 'started',
    edition: config.edition,
    hash: edition.hash,
    config: edition.json,
    base: base?.edition ?? null,
    from: base?.from ?? null,
    codeVersion: codeVersion(),
    settings: decisiveSettings(config.settings),
    inputs: await inputEnds(session),
  }
  await publish(session, [{ topic: 'editions', key: config.edition, value }])
  return edition
}

/** Where what an edition takes in ends now: the topics it shares, or its intake. */
async function inputEnds({ reader, base, fullName }: Session): Promise<InputEnd[]> {
  const topics: readonly TopicName[] = base === null ? ['intake'] : [...sharedTopics(base)]
  const ends = topics.map(async (topic) => {
    const bounds = await reader.bounds(fullName(topic))
    return bounds.map(({ end }, partition) => ({ topic, partition, end }))
  })
  return (await Promise.all(ends)).flat()
}

function changed({ edition, settings }: Config, recorded: EditionRecord, now: Edition): NinefoldError {
  const lines = diffEditions(readEdition(recorded.config), now).map(
    ({ key, was: before, now: after }) => `  ${key}: ${before} -> ${after}`,
  )
  const lacking = recorded.settings.filter((setting) => !settings.includes(setting))
  const { codeVersion: version } = recorded
  const remedy =
    lacking.length > 0
      ? `It was started with${settingFlags(recorded.settings)}: give the same.`
      : 'Change it back, or run the new configuration as an edition of its own with --edition NAME.'
  return new NinefoldError(
    'NF_EDITION_CHANGED',
    `edition ${edition} was started with another configuration:\n${lines.join('\n')}`,
    version === codeVersion() ? remedy : `${remedy} Prompts may differ because Ninefold ${version} began it.`,
  )
}
