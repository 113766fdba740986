/** The editions of a pipeline, looked at one beside the other: none of them is made or changed by it. */
import { NinefoldError } from '../errors.ts'
import { baseOf, type RecordedEdition, readEditionTopic } from '../pipeline/editions.ts'
import type { Session } from '../pipeline/session.ts'
import type { TopicName, TopicRecords } from '../schemas/topics.ts'
import { readTopic } from '../sinks/session-records.ts'
import { type EditionBase, editionsWith, editionTopics } from '../streams/edition-topics.ts'

/** What of a session editions are looked at through; which edition it was opened for does not matter. */
export type EditionsSession = Pick<Session, 'config' | 'client' | 'reader' | 'codec' | 'unreadable'>

/** An edition that has topics. */
export interface EditionView {
  readonly name: string
  /** null while questions were loaded and no worker has run. */
  readonly recorded: RecordedEdition | null
  readonly base: EditionBase | null
  /** Full names of its topics; shared ones are its base's. */
  readonly fullName: (topic: TopicName) => string
  /** All records of one of its topics as it stands now; none where the topic is not there. */
  read<T extends TopicName>(topic: T): AsyncIterable<TopicRecords[T]>
}

/**
 * All editions, in the order they were made; last those that have not run.
 * @throws {NinefoldError} NF_EDITION_UNREADABLE
 */
export async function allEditions(session: EditionsSession): Promise<EditionView[]> {
  const { config, client } = session
  const topics = await client.listTopics()
  const views: EditionView[] = []
  for (const name of editionsWith('editions', config, topics)) {
    const its = { ...config, edition: name }
    const recorded = await readEditionTopic(session, editionTopics(its, null)('editions'))
    const base = recorded === null ? null : baseOf(recorded.record)
    const fullName = editionTopics(its, base)
    const read = <T extends TopicName>(topic: T) =>
      topics.includes(fullName(topic)) ? readTopic({ ...session, fullName }, topic) : none()
    views.push({ name, recorded, base, fullName, read })
  }
  const madeAt = ({ recorded }: EditionView) => recorded?.madeAt ?? Number.POSITIVE_INFINITY
  return views.sort((a, b) => madeAt(a) - madeAt(b))
}

async function* none(): AsyncGenerator<never> {}

/** The one of this name. @throws {NinefoldError} NF_EDITION_UNKNOWN */
export function editionNamed(editions: readonly EditionView[], name: string): EditionView {
  const found = editions.find((edition) => edition.name === name)
  if (found !== undefined) return found
  throw unknown(`there is no edition ${name}`, editions)
}

/** The same of one that has run. @throws {NinefoldError} NF_EDITION_UNKNOWN */
export function startedEdition(
  editions: readonly EditionView[],
  name: string,
): EditionView & { readonly recorded: RecordedEdition } {
  const view = editionNamed(editions, name)
  const { recorded } = view
  if (recorded !== null) return { ...view, recorded }
  throw unknown(
    `edition ${name} has not run`,
    editions.filter((one) => one.recorded !== null),
  )
}

function unknown(what: string, editions: readonly EditionView[]): NinefoldError {
  const names = editions.map(({ name }) => name)
  return new NinefoldError(
    'NF_EDITION_UNKNOWN',
    what,
    names.length === 0 ? 'No edition of this pipeline has run.' : `There is: ${names.join(', ')}.`,
  )
}

/** How many training records there are that were not withdrawn. */
export async function countRecords({ read }: EditionView): Promise<number> {
  const ids = new Set<string>()
  for await (const { recordId, kind } of read('records')) {
    if (kind === 'record') ids.add(recordId)
    else ids.delete(recordId)
  }
  return ids.size
}
