/** Topics as a table for a terminal. */
import { type Cell, inColumns, right } from '../terminal/columns.ts'
import { cutAt } from '../terminal/fit.ts'
import { bytes as bytesText, count, counted } from '../terminal/numbers.ts'
import type { Style } from '../terminal/style.ts'
import type { TopicReport, TopicsReport } from './topics.ts'

/** How many groups that are behind are named in a row. */
const MOST_NAMED = 3

/** The topics, a row each, and their sum. */
export function topicsScreen({ topics, total }: TopicsReport, columns: number, style: Style): string {
  const head: Cell[] = [
    'topic',
    right('partitions'),
    right('offsets'),
    right('on disk'),
    'packed',
    right('behind'),
    'who',
  ]
  const rows = topics.map((topic): Cell[] => [
    topic.shared ? `${topic.topic} *` : topic.topic,
    right(count(topic.partitions)),
    right(count(topic.offsets)),
    right(sizeOf(topic.bytes)),
    packingOf(topic),
    right(topic.groups.length === 0 ? '-' : count(lagOf(topic))),
    whoOf(topic),
  ])
  const sum: Cell[] = [
    'all',
    right(count(total.partitions)),
    right(count(total.offsets)),
    right(sizeOf(total.bytes)),
    '',
    right(count(total.lag)),
    '',
  ]
  const [title, ...lines] = inColumns([head, ...rows, sum]).map((line) => cutAt(line, columns))
  const notes = [
    'Offsets are records and the marks of transactions. Packed: by a sample. Behind: what groups have not finished.',
    ...(topics.some(({ shared }) => shared) ? ['* of the edition this one is built on'] : []),
  ]
  return [
    style.bold(title as string),
    ...lines,
    '',
    ...notes.map((note) => style.dim(cutAt(note, columns))),
  ].join('\n')
}

function whoOf({ groups }: TopicReport): string {
  const behind = groups.filter(({ lag }) => lag > 0).sort((a, b) => b.lag - a.lag)
  if (behind.length === 0) return groups.length === 0 ? '' : `${counted(groups.length, 'group')}, none behind`
  const named = behind.slice(0, MOST_NAMED).map(({ title, lag }) => `${title} ${count(lag)}`)
  const more = behind.length - named.length
  return `${named.join(', ')}${more > 0 ? `, ${more} more` : ''}`
}

function lagOf({ groups }: TopicReport): number {
  return groups.reduce((sum, { lag }) => sum + lag, 0)
}

/** Codec, and how much smaller it has become: `zstd 3.1x of 12 MB`. */
function packingOf({ compression }: TopicReport): string {
  if (compression === null) return ''
  const { codecs, ratio, unpackedBytes } = compression
  if (codecs.every((codec) => codec === 'none')) return 'no'
  const before = unpackedBytes === null ? '' : ` of ${bytesText(unpackedBytes)}`
  return `${codecs.join(', ')} ${ratio.toFixed(1)}x${before}`
}

function sizeOf(bytes: number | null): string {
  return bytes === null ? 'unknown' : bytesText(bytes)
}
