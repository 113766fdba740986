/** An archived partition, as its records go back into a log. */
import { join } from 'node:path'
import { type ArchivedRecord, readContainer } from './container.ts'
import type { ArchivedFile, Segment } from './manifest.ts'
import type { SchemaIds } from './schema-ids.ts'

/** A record as it is to stand in the log again. */
export type LogRecord = ArchivedRecord

/** Where the records come from. */
export interface ArchivedPartition {
  readonly folder: string
  /** The topic's short name. */
  readonly name: string
  readonly segments: readonly Segment[]
  readonly ids: SchemaIds
}

/** Its records from an offset on, in their order. */
export async function* recordsFrom(partition: ArchivedPartition, from: number): AsyncGenerator<LogRecord> {
  for (const segment of partition.segments) {
    if (segment.to <= from) continue
    for await (const record of merged(segment.files.map((file) => recordsOf(partition, file)))) {
      if (record.offset >= from) yield record
    }
  }
}

async function* recordsOf({ folder, name, ids }: ArchivedPartition, { file, schema }: ArchivedFile) {
  for await (const record of readContainer(join(folder, file))) {
    yield schema === null ? record : { ...record, value: ids.framed(name, schema, record.value!) }
  }
}

/** Runs whose offsets lie between each other's, as one. */
async function* merged(runs: readonly AsyncGenerator<LogRecord>[]): AsyncGenerator<LogRecord> {
  const next = async (run: AsyncGenerator<LogRecord>) => ({ run, head: (await run.next()).value ?? null })
  const open = await Promise.all(runs.map(next))
  try {
    for (;;) {
      const first = open
        .filter(({ head }) => head !== null)
        .reduce(
          (least, one) => (least === null || one.head.offset < least.head.offset ? one : least),
          null as (typeof open)[number] | null,
        )
      if (first === null) return
      yield first.head
      Object.assign(first, await next(first.run))
    }
  } finally {
    for (const run of runs) await run.return(undefined)
  }
}
