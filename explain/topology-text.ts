/** A dataflow in words, as Kafka Streams' Topology#describe gives it, under a picture. */
import { inColumns } from '../terminal/columns.ts'
import { BESIDE, type StepDescription, type TopologyDescription } from './topology-description.ts'
import { stepGroups, topologyPicture } from './topology-picture.ts'

/** Picture, processors, and the topics beside them. */
export function topologyText(description: TopologyDescription): string {
  const { pipeline, edition, partitions, steps, topics } = description
  const groups = stepGroups(description)
  return [
    `Topology of ${pipeline}, edition ${edition}: ${steps.length} processors, ${topics.length} topics of ${partitions} partitions`,
    '',
    ...topologyPicture(description).map((line) => `  ${line}`),
    '',
    ...groups.flatMap(({ name, steps: alike }, at) => [...groupLines(name, alike, at), '']),
    'Beside every processor:',
    ...inColumns(Object.entries(BESIDE).map(([topic, what]) => [`  ${topic}`, what])),
  ].join('\n')
}

function groupLines(name: string, alike: readonly StepDescription[], at: number): string[] {
  const [first] = alike as [StepDescription]
  const plugged = first.plugged ? ', plugged in' : ''
  const times = alike.length === 1 ? '' : `, ${alike.length} times`
  return [
    `Processor ${at}: ${name} (${first.kind}${times}${plugged})`,
    `   reads:  ${first.inputs.join(', ')}`,
    `   writes: ${first.outputs.join(', ') || 'nothing'}${first.standIn ? ' (a word that it is missing where it failed)' : ''}`,
    ...storeLines(first),
    ...(alike.length === 1
      ? single(first)
      : alike.map((step) => `   - ${step.title}: ${step.group}${askedText(step)}`)),
  ]
}

function storeLines({ store }: StepDescription): string[] {
  if (store === null) return []
  const { changelog, logged } = store
  const topics = typeof changelog === 'string' ? changelog : changelog.join(' and ')
  return [`   store:  rebuilt from ${topics}${logged ? ', which it writes' : ''}`]
}

function single(step: StepDescription): string[] {
  const asked = askedText(step)
  return [`   group:  ${step.group}`, ...(asked === '' ? [] : [`   model: ${asked.slice(1)}`])]
}

function askedText({ models }: StepDescription): string {
  if (models === null || models.length === 0) return ''
  return `  ${models.map(({ name, model }) => (name === model ? name : `${name} (${model})`)).join(', ')}`
}
