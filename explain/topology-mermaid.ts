/** A dataflow as a Mermaid flowchart. */
import type { TopologyDescription } from './topology-description.ts'
import { type StepGroup, stepGroups } from './topology-picture.ts'

/** The flowchart: topics round, processors square, those with memory with double sides; dashed where it is rebuilt from. */
export function topologyMermaid(description: TopologyDescription): string {
  const groups = stepGroups(description)
  const topics = new Set(groups.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]))
  const stores = new Set(groups.flatMap(({ steps }) => changelogsOf(steps)))
  return [
    'flowchart LR',
    ...[...topics.union(stores)].map((topic) => `  ${topicId(topic)}([${topic}])`),
    ...groups.map(stepNode),
    ...groups.flatMap(edgesOf),
  ].join('\n')
}

function stepNode(group: StepGroup): string {
  const { name, steps } = group
  const models = [...new Set(steps.flatMap(({ models: asked }) => asked?.map((one) => one.name) ?? []))]
  const lines = [
    steps.length === 1 ? name : `${name} × ${steps.length}`,
    ...(models.length === 0 ? [] : [models.join(', ')]),
  ]
  const label = `"${lines.map(escaped).join('<br/>')}"`
  return `  ${stepId(group)}${steps[0]?.store ? `[[${label}]]` : `[${label}]`}`
}

function edgesOf(group: StepGroup): string[] {
  const { inputs, outputs, steps } = group
  // What a step reads or writes anyhow needs no line of its own.
  const changelogs = changelogsOf(steps).filter(
    (topic) => !inputs.includes(topic) && !outputs.includes(topic),
  )
  return [
    ...inputs.map((topic) => `  ${topicId(topic)} --> ${stepId(group)}`),
    ...outputs.map((topic) => `  ${stepId(group)} --> ${topicId(topic)}`),
    ...changelogs.map((topic) => `  ${stepId(group)} <-.-> ${topicId(topic)}`),
  ]
}

function changelogsOf([first]: StepGroup['steps']): readonly string[] {
  const changelog = first?.store?.changelog ?? []
  return typeof changelog === 'string' ? [changelog] : changelog
}

function topicId(topic: string): string {
  return `t_${topic.replaceAll(/[^A-Za-z0-9]/g, '_')}`
}

function stepId({ name }: StepGroup): string {
  return `p_${name.replaceAll(/[^A-Za-z0-9]/g, '_')}`
}

function escaped(text: string): string {
  return text.replaceAll('"', '#quot;').replaceAll('<', '#lt;')
}
