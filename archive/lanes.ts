/**
 * Partitions that are filled side by side. Between two holes records go in by the batch; then the holes of all
 * partitions that stand at one are filled by a single transaction, as a single one had made many of them.
 */
import { type Hole, type OffsetWriter, placeOf, type Run } from '../streams/transport/offset-writer.ts'
import { MAX_BATCH_BYTES, sizeOf } from '../streams/transport/transaction.ts'
import type { LogRecord } from './partition-reader.ts'

/** A partition on its way back. */
export interface Lane {
  readonly topic: string
  readonly partition: number
  /** Where it ends now. */
  readonly position: number
  /** Where it is to end. */
  readonly end: number
  /** What is to stand there from `position` on. */
  readonly records: AsyncGenerator<LogRecord>
}

/** What was written at once. */
export interface LaneProgress {
  readonly topic: string
  readonly records: number
}

/** Bytes of records that wait in all lanes together. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024
/** Records of a run: what they take beside their bytes counts, too. */
const MAX_RUN_RECORDS = 5_000

/** Writes all lanes to their ends. @param onWritten told each run that the broker has */
export async function writeLanes(
  writer: Pick<OffsetWriter, 'append' | 'fill'>,
  lanes: readonly Lane[],
  onWritten: (progress: LaneProgress) => void,
): Promise<void> {
  const runBytes = Math.min(MAX_BATCH_BYTES, Math.ceil(MAX_WAITING_BYTES / Math.max(1, lanes.length)))
  let open = await Promise.all(lanes.filter(({ position, end }) => position < end).map(OpenLane.open))
  try {
    while (open.length > 0) {
      for (;;) {
        const runs = await Promise.all(open.map((lane) => lane.takeRun(runBytes)))
        const some = runs.filter((run) => run !== null)
        if (some.length === 0) break
        await writer.append(some)
        for (const { topic, records } of some) onWritten({ topic, records: records.length })
      }
      const holes = open.flatMap((lane) => lane.hole ?? [])
      if (holes.length > 0) {
        const filled = await writer.fill(holes)
        const reached = new Map(holes.map((hole, at) => [placeOf(hole), filled[at]!]))
        for (const lane of open) lane.skipTo(reached.get(lane.place) ?? lane.position)
      }
      open = open.filter((lane) => !lane.isDone)
    }
  } finally {
    for (const { records } of lanes) await records.return(undefined)
  }
}

/** A lane with its next record in hand. */
class OpenLane {
  readonly place: string
  readonly #lane: Lane
  #position: number
  #head: LogRecord | null

  private constructor(lane: Lane, head: LogRecord | null) {
    this.place = placeOf(lane)
    this.#lane = lane
    this.#position = lane.position
    this.#head = head
  }

  static open = async (lane: Lane): Promise<OpenLane> => new OpenLane(lane, await nextOf(lane))

  get position(): number {
    return this.#position
  }

  get isDone(): boolean {
    return this.#position >= this.#lane.end
  }

  /** The hole it stands at; null where a record is next, or nothing. */
  get hole(): Hole | null {
    const to = this.#head?.offset ?? this.#lane.end
    const { topic, partition } = this.#lane
    return to > this.#position ? { topic, partition, from: this.#position, to } : null
  }

  skipTo(position: number): void {
    this.#position = position
  }

  /** The next records up to the next hole, about so many bytes of them; null at a hole, or at the end. */
  async takeRun(maxBytes: number): Promise<Run | null> {
    const { topic, partition } = this.#lane
    const from = this.#position
    const records: LogRecord[] = []
    let bytes = 0
    while (this.#head !== null && this.#head.offset === this.#position && records.length < MAX_RUN_RECORDS) {
      bytes += bytesOf(this.#head)
      if (records.length > 0 && bytes > maxBytes) break
      records.push(this.#head)
      this.#position++
      this.#head = await nextOf(this.#lane)
    }
    return records.length === 0 ? null : { topic, partition, from, records }
  }
}

async function nextOf({ records }: Lane): Promise<LogRecord | null> {
  const { done, value } = await records.next()
  return done ? null : value
}

function bytesOf(record: LogRecord): number {
  const headers = record.headers.reduce(
    (sum, header) => sum + header.name.length + (header.value?.length ?? 0),
    0,
  )
  return sizeOf(record) + headers
}
