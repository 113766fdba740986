/**
 * Datasets from outside into topic `score-intake`, an item once whatever happens: who loads a dataset takes over its
 * transactional id, which ends whoever loads it elsewhere, and only then looks which items are there already. So a load
 * that was cut off, or is repeated, writes what is missing and nothing else.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { NinefoldError } from '../errors.ts'
import { topicsOf } from '../plugins/topics.ts'
import { contentId } from '../schemas/ids.ts'
import { groupName } from '../schemas/topic-names.ts'
import type { LineProblem } from '../sources/line-problem.ts'
import { RecordError } from '../streams/processor.ts'
import { RecordCodec } from '../streams/record-codec.ts'
import { typeOf } from '../streams/transport/connection-faults.ts'
import { isTransient } from '../streams/transport/reader.ts'
import { type OutgoingRecord, TransactionalProducer } from '../streams/transport/transaction.ts'
import { itemsOf, lastPlace, type PlacedItem, placeOfItem, type ScoredDataset } from './score-items.ts'
import type { Session } from './session.ts'

/** Items a transaction. */
const BATCH = 200
const MAX_ATTEMPTS = 10
const RETRY_MS = 200
const TAKEN_OVER = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'INVALID_PRODUCER_ID_MAPPING'])

/** What came of a load. */
export interface ScoreLoadSummary {
  /** Items of the dataset that are to be scored, those of earlier loads of the same files among them. */
  readonly items: number
  /** Those that were not there yet. */
  readonly loaded: number
  /** Lines that were left out. */
  readonly bad: number
  /** The ids of the items to be scored. */
  readonly ids: ReadonlySet<string>
}

/**
 * Loads a dataset. Its files are read twice where a sample is drawn.
 * @throws {NinefoldError} NF_SCORE_EMPTY where no item can be read, NF_SCORE_TAKEN_OVER, NF_SOURCE_UNREADABLE
 */
export async function loadScoreItems(
  session: Session,
  dataset: ScoredDataset,
  onProblem: (problem: LineProblem) => void,
): Promise<ScoreLoadSummary> {
  const limit = await limitOf(dataset)
  for (let attempt = 1; ; attempt++) {
    try {
      // What there was to say of a line is said once.
      return await loadOnce(session, dataset, limit, attempt === 1 ? onProblem : () => {})
    } catch (error) {
      if (TAKEN_OVER.has(typeOf(error))) throw takenOver(dataset, error)
      if (attempt >= MAX_ATTEMPTS || !isTransient(error)) throw error
      await sleep(RETRY_MS * attempt)
    }
  }
}

async function limitOf(dataset: ScoredDataset): Promise<number> {
  const { sample, seed } = dataset
  if (sample === null) return 1
  const places: number[] = []
  for await (const { item } of itemsOf(dataset, () => {})) places.push(placeOfItem(item, seed))
  return lastPlace(places, sample)
}

async function loadOnce(
  session: Session,
  dataset: ScoredDataset,
  limit: number,
  onProblem: (problem: LineProblem) => void,
): Promise<ScoreLoadSummary> {
  const { client, codec, config, fullName } = session
  const records = new RecordCodec(codec, fullName, topicsOf(config), config.kafka.partitions)
  const producer = await TransactionalProducer.open(client, transactionalId(session, dataset))
  try {
    const known = await keysOf(session, 'score-intake')
    const ids = new Set<string>()
    const count = { loaded: 0, bad: 0, ids }
    const tell = (problem: LineProblem): void => {
      if (problem.severity === 'error') count.bad++
      onProblem(problem)
    }
    let batch: OutgoingRecord[] = []
    for await (const placed of itemsOf(dataset, tell)) {
      const { itemId } = placed.item
      if (placeOfItem(placed.item, dataset.seed) > limit) continue
      const record = known.has(itemId) ? null : encoded(records, placed, tell)
      if (record !== null) batch.push(record)
      if (record !== null || known.has(itemId)) ids.add(itemId)
      if (batch.length < BATCH) continue
      count.loaded += await written(producer, batch)
      batch = []
    }
    count.loaded += await written(producer, batch)
    if (ids.size === 0) throw nothingIn(dataset)
    return { ...count, items: ids.size }
  } finally {
    await producer.close().catch(() => {})
  }
}

async function written(producer: TransactionalProducer, batch: readonly OutgoingRecord[]): Promise<number> {
  if (batch.length > 0) await producer.commit(batch, [])
  return batch.length
}

/** How many of these items have no score. */
export async function unscoredOf(session: Session, ids: ReadonlySet<string>): Promise<number> {
  return ids.difference(await keysOf(session, 'scores')).size
}

/** The keys of a topic: of items and of their scores the items' ids, which say enough. */
async function keysOf({ reader, fullName }: Session, topic: 'score-intake' | 'scores'): Promise<Set<string>> {
  const keys = new Set<string>()
  for await (const records of reader.readAll(fullName(topic))) {
    for (const { key } of records) keys.add(key?.toString('utf8') ?? '')
  }
  return keys
}

function encoded(
  records: RecordCodec,
  { at, item }: PlacedItem,
  tell: (problem: LineProblem) => void,
): OutgoingRecord | null {
  try {
    return records.encode({ topic: 'score-intake', key: item.itemId, value: item })
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    const what = `the item is too long: ${error.message}`
    tell({ severity: 'error', ...at, what, remedy: 'Leave it out.' })
    return null
  }
}

function transactionalId({ config }: Session, { name }: ScoredDataset): string {
  return groupName(config, `load-score-${contentId('dataset', name).slice(0, 16)}`)
}

function takenOver({ name }: ScoredDataset, cause: unknown): NinefoldError {
  return new NinefoldError(
    'NF_SCORE_TAKEN_OVER',
    `another load of dataset ${name} has begun, and goes on in this one's place`,
    'Wait for the other one, then repeat this command: what is there is not loaded again.',
    { cause },
  )
}

function nothingIn({ name, files }: ScoredDataset): NinefoldError {
  return new NinefoldError(
    'NF_SCORE_EMPTY',
    `nothing to be scored is in ${files.join(', ')} (dataset ${name})`,
    'See what is said of its lines: messages, conversations, instruction and output, prompt and completion, question and response are read.',
  )
}
