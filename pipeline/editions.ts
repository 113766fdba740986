/**
 * What a dataset edition is: recorded in topic `editions` at its first start, compared at every other one. What
 * changes results cannot change under a name.
 */
import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { join } from 'node:path'
import { diffEditions, type Edition, editionOf, readEdition } from '../config/edition.ts'
import { NinefoldError } from '../errors.ts'
import type { Codec } from '../schemas/codec.ts'
import { SCHEMA_OF_TOPIC } from '../schemas/topics.ts'
import type { Edition as EditionRecord } from '../schemas/types.ts'
import { waitForLock } from '../stack/lock.ts'
import type { EditionBase } from '../streams/edition-topics.ts'
import type { KafkaClient } from '../streams/transport/client.ts'
import type { TopicReader } from '../streams/transport/reader.ts'
import type { UnreadableRecords } from '../streams/unreadable.ts'
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

/**
 * What was recorded of an edition at its first start; null when it has never run. The first record that can be read
 * counts: whatever else somebody wrote there is passed by.
 * @throws {NinefoldError} NF_EDITION_UNREADABLE when there are records and none can be read
 */
export async function findEdition(source: EditionSource, topic: string): Promise<EditionRecord | null> {
  const { client, reader, codec, unreadable } = source
  if (!(await client.listTopics()).includes(topic)) return null
  let isEmpty = true
  for await (const records of reader.readAll(topic)) {
    for (const { partition, offset, value } of records) {
      const place = { topic, partition, offset }
      const recorded = await unreadable.read(place, () => codec.decodeAsync('editions', value))
      if (recorded !== null) return recorded
      isEmpty = false
    }
  }
  if (isEmpty) return null
  const { partition, offset, why } = unreadable.named.find((one) => one.topic === topic)!
  throw new NinefoldError(
    'NF_EDITION_UNREADABLE',
    `nothing in topic ${topic} can be read; the first record is ${partition}/${offset}: ${why}`,
    'Were the registry emptied and Kafka kept, bring its schemas back. Else take another edition with --edition, or delete this topic if the edition has never run.',
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
 * Records the edition at its first start.
 * @throws NF_EDITION_CHANGED when the configuration would give other results than the recorded one.
 */
export async function settleEdition(session: Session): Promise<Edition> {
  const { config, fullName, base } = session
  const edition = editionOf(config)
  const isRecorded = async () => {
    const recorded = await findEdition(session, fullName('editions'))
    if (recorded === null || recorded.hash === edition.hash) return recorded !== null
    throw changed(config.edition, readEdition(recorded.config), edition)
  }
  if (await isRecorded()) return edition
  // Workers that start together write it once.
  const path = join(config.dataDir, 'workers', `${config.pipeline}.${config.edition}`, 'edition.lock')
  using _lock = await waitForLock(path, { timeoutMs: LOCK_TIMEOUT_MS })
  if (await isRecorded()) return edition
  const value: EditionRecord = {
    edition: config.edition,
    hash: edition.hash,
    config: edition.json,
    base: base?.edition ?? null,
    from: base?.from ?? null,
    codeVersion: codeVersion(),
  }
  await publish(session, [{ topic: 'editions', key: config.edition, value }])
  return edition
}

function changed(name: string, was: Edition, now: Edition): NinefoldError {
  const lines = diffEditions(was, now).map(
    ({ key, was: before, now: after }) => `  ${key}: ${before} -> ${after}`,
  )
  return new NinefoldError(
    'NF_EDITION_CHANGED',
    `edition ${name} was started with another configuration:\n${lines.join('\n')}`,
    'Change it back, or run the new configuration as an edition of its own with --edition NAME.',
  )
}

/** Ninefold's own version; compiled, this file lies a folder deeper than in a checkout. */
export function codeVersion(): string {
  const text = readFileSync(findPackageJSON(import.meta.url)!, 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
