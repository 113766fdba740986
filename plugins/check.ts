/** What a plugged-in processor must keep to: names that are free, inputs that exist, schemas that are Avro. */

import { nearest } from '../config/nearest.ts'
import { messageOf } from '../errors.ts'
import { avroType } from '../schemas/avro-types.ts'
import { SCHEMA_OF_TOPIC, TOPICS } from '../schemas/topics.ts'
import type { ProcessorPlugin } from './define.ts'

/** Names end up in topics and groups: a length that leaves room for pipeline and edition. */
const NAME = /^[a-z][a-z0-9-]{0,39}$/
const NAME_RULE = 'lower-case letters, digits and hyphens, beginning with a letter, 40 characters at most'

/** Steps of the dataflow, `generate` for all samplers; `journal` is the group of what was paid, `sink` that of analytics. */
const STEPS = [
  'admit',
  'generate',
  'verify',
  'triage',
  'rank',
  'refine',
  'regenerate',
  'summarize',
  'score',
  'control',
  'withdraw',
  'journal',
  'sink',
]

/** What is wrong, and what to do. */
export interface PluginFault {
  readonly what: string
  readonly remedy: string
}

/** What is wrong with the plugin at this index among all; null for nothing. */
export function checkPlugin(
  plugin: ProcessorPlugin,
  all: readonly ProcessorPlugin[],
  index: number,
): PluginFault | null {
  const before = all.slice(0, index)
  return checkStep(plugin, before) ?? checkOutputs(plugin, before) ?? checkInputs(plugin, all)
}

function checkStep({ processor: { step } }: ProcessorPlugin, before: readonly ProcessorPlugin[]) {
  if (typeof step !== 'string' || !NAME.test(step)) {
    return { what: `${JSON.stringify(step)} cannot name a step`, remedy: `Use ${NAME_RULE}.` }
  }
  const taken = STEPS.includes(step) || before.some(({ processor }) => processor.step === step)
  return taken ? { what: `there is a step ${step} already`, remedy: 'Give `step` another name.' } : null
}

function checkOutputs({ topics }: ProcessorPlugin, before: readonly ProcessorPlugin[]): PluginFault | null {
  if (!Array.isArray(topics) || topics.length === 0) {
    return {
      what: 'it has no outputs',
      remedy: 'Give `outputs` a list of topics made with defineTopic.',
    }
  }
  const takenTopics = new Set<string>([
    ...TOPICS,
    ...before.flatMap((other) => other.topics.map(({ name }) => name)),
  ])
  const takenTypes = new Set<string>(Object.values(SCHEMA_OF_TOPIC))
  for (const { name, schema } of topics) {
    if (typeof name !== 'string' || !NAME.test(name)) {
      return { what: `${JSON.stringify(name)} cannot name a topic`, remedy: `Use ${NAME_RULE}.` }
    }
    if (takenTopics.has(name)) {
      return {
        what: `there is a topic ${name} already; a plugged-in processor writes to topics of its own`,
        remedy: 'Give the topic another name.',
      }
    }
    takenTopics.add(name)
    const fault = schemaFault(schema)
    if (fault !== null)
      return { what: `the schema of topic ${name} is not usable: ${fault}`, remedy: 'Mend it.' }
    if (takenTypes.has(schema.name)) {
      return {
        what: `there is a record type ${schema.name} already`,
        remedy: 'Give the schema another name.',
      }
    }
  }
  return null
}

function schemaFault(schema: object): string | null {
  try {
    const { typeName } = avroType(schema)
    return typeName === 'record' ? null : `it describes ${typeName}, not a record`
  } catch (error) {
    return messageOf(error)
  }
}

function checkInputs({ processor }: ProcessorPlugin, all: readonly ProcessorPlugin[]): PluginFault | null {
  const { inputs, step } = processor
  if (!Array.isArray(inputs) || inputs.length === 0) {
    return {
      what: `step ${step} has no inputs`,
      remedy: "Name the topics it reads, e.g. `inputs: ['records']`.",
    }
  }
  const readable: string[] = [...TOPICS, ...all.flatMap(({ topics }) => topics.map(({ name }) => name))]
  const unknown = (inputs as readonly string[]).find((name) => !readable.includes(name))
  if (unknown === undefined) return null
  const meant = nearest(String(unknown), readable)
  return {
    what: `step ${step} reads ${unknown}, and there is no such topic${meant === null ? '' : `; did you mean ${meant}?`}`,
    remedy: `Topics are ${readable.join(', ')}.`,
  }
}
