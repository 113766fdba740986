/** `ninefold archive`: topics as Avro files, and back into a cluster. */
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { type ArchiveReport, archiveTopics } from '../archive/archive.ts'
import { ARCHIVE_CODECS, type ArchiveCodec } from '../archive/container.ts'
import { type LoadArchiveReport, loadArchive } from '../archive/load.ts'
import { loadConfig } from '../config/config.ts'
import { findAddresses } from '../pipeline/addresses.ts'
import { openSession } from '../pipeline/session.ts'
import { topicNamed } from '../plugins/topic-named.ts'
import { schemaStore } from '../schemas/registry.ts'
import { fileLog } from '../streams/log.ts'
import { KafkaClient } from '../streams/transport/client.ts'
import { type Cell, inColumns, right } from '../terminal/columns.ts'
import { bytes, count, counted } from '../terminal/numbers.ts'
import {
  type ConfigurationOptions,
  onProgress,
  type PipelineOptions,
  withConfigurationOptions,
  withPipelineOptions,
} from './session-options.ts'

interface CreateOptions extends PipelineOptions {
  readonly out: string
  readonly topics?: readonly string[]
  readonly codec: ArchiveCodec
  readonly whileRunning?: boolean
  readonly json?: boolean
}

interface LoadOptions extends ConfigurationOptions {
  readonly json?: boolean
}

/** Adds the command `archive`. */
export function register(program: Command): void {
  const archive = program.command('archive').description('write topics to Avro files, and load them back')
  withPipelineOptions(archive.command('create', { isDefault: true }))
    .description("write an edition's topics to Avro files, and how far each group is")
    .requiredOption('--out <folder>', 'where to; a folder with an archive of this pipeline is gone on with')
    .option('--topics <names>', 'only these, by short names, separated by commas', names)
    .addOption(
      new Option('--codec <codec>', 'how blocks are packed').choices(ARCHIVE_CODECS).default('deflate'),
    )
    .option('--while-running', 'take what is there, although workers are writing')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
\`ninefold archive --out FOLDER\` is short for it. Nothing is deleted from the topics. An edition that is built on another
one needs that one in the same folder.

JSON: { folder, edition, topics: [{ topic, name, records, bytes, unpackedBytes, recordsInAll }], groups }; groups is null
when progress is not archived.`,
    )
    .action(create)
  withConfigurationOptions(archive.command('load'))
    .description(
      'load an archive into a cluster that lacks its topics: records, offsets, ids and progress as they were',
    )
    .argument('<folder>', 'the archive')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Load before any worker is started there. What is in the topics already is compared and left: a second load adds nothing,
one that was killed goes on.

JSON: { folder, pipeline, topics: [{ topic, edition, records, loaded }], groups, workedOff }.`,
    )
    .action(load)
}

async function create({ out, topics, json, whileRunning, codec, ...options }: CreateOptions): Promise<void> {
  const session = await openSession({ ...options, onProgress })
  try {
    const { registry } = await findAddresses(session.config)
    const report = await archiveTopics(session, {
      folder: out,
      topics: topics?.map((name) => topicNamed(session.config, name)) ?? null,
      codec,
      whileRunning: whileRunning ?? false,
      registry,
      onProgress,
    })
    console.log(json ? JSON.stringify(report, null, 2) : archivedScreen(report))
  } finally {
    await session.close()
  }
}

async function load(folder: string, { config: file, set, json }: LoadOptions): Promise<void> {
  const config = await loadConfig(file, { set })
  const { kafka, registry } = await findAddresses(config, onProgress)
  const client = await KafkaClient.connect(kafka, fileLog(join(config.dataDir, 'logs', 'ninefold.log')))
  try {
    const report = await loadArchive({ folder, config, client, registry: schemaStore(registry), onProgress })
    console.log(json ? JSON.stringify(report, null, 2) : loadedScreen(report))
  } finally {
    await client.close()
  }
}

function names(list: string): string[] {
  return list.split(',').map((name) => name.trim())
}

function archivedScreen({ folder, edition, topics, groups }: ArchiveReport): string {
  const head: Cell[] = ['topic', right('new records'), right('bytes'), right('in files'), right('in all')]
  const rows = topics.map((topic): Cell[] => [
    topic.name,
    right(count(topic.records)),
    right(bytes(topic.unpackedBytes)),
    right(bytes(topic.bytes)),
    right(count(topic.recordsInAll)),
  ])
  const progress =
    groups === null
      ? 'Progress is not archived: loaded back, all of it counts as worked off.'
      : `With the progress of ${counted(groups, 'group')}: loaded back, a run goes on where it stood.`
  return [...inColumns([head, ...rows]), '', `Edition ${edition} is archived in ${folder}.`, progress].join(
    '\n',
  )
}

function loadedScreen({ folder, pipeline, topics, groups, workedOff }: LoadArchiveReport): string {
  const head: Cell[] = ['topic', right('records'), right('loaded now')]
  const rows = topics.map(({ topic, records, loaded }): Cell[] => [
    topic,
    right(count(records)),
    right(count(loaded)),
  ])
  const notes = [
    `${folder} is in the topics of ${pipeline}; ${counted(groups, 'group')} got their progress from it.`,
    ...workedOff.map(
      (edition) => `Edition ${edition} was archived without its progress: all of it counts as worked off.`,
    ),
  ]
  return [...inColumns([head, ...rows]), '', ...notes].join('\n')
}
