/** The dataflow of a configuration as data: what its processors read, write, remember and ask. */
import type { Config, Role } from '../config/config.ts'
import { topicsOf } from '../plugins/topics.ts'
import { topology } from '../processors/topology.ts'
import { groupName } from '../schemas/topic-names.ts'
import type { AnyProcessor } from '../streams/processor.ts'

/** A model as a step asks it. */
export interface AskedModel {
  /** The role it has there; `generate` for a sampler's. */
  readonly role: string
  /** Its name in the configuration. */
  readonly name: string
  /** The model string. */
  readonly model: string
}

/** One processor. */
export interface StepDescription {
  readonly step: string
  /** What people call it: where the step's name holds a sampler's id, the sampler's name stands for it. */
  readonly title: string
  readonly group: string
  readonly kind: 'stateless' | 'stateful'
  /** Short names of topics; every step reads `redrive` beside them. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** What its memory is rebuilt from, several topics where it is its inputs; null for a step without memory. */
  readonly store: { readonly changelog: string | readonly string[]; readonly logged: boolean } | null
  /** Whether a word takes the place of an output that a failure kept from being made. */
  readonly standIn: boolean
  /** Models it asks; null for a plugged-in one, which says nothing of that. */
  readonly models: readonly AskedModel[] | null
  readonly plugged: boolean
}

/** One topic of the dataflow. */
export interface TopicDescription {
  readonly topic: string
  /** Steps; empty where something beside the dataflow writes it. */
  readonly writers: readonly string[]
  readonly readers: readonly string[]
}

/** A whole dataflow. */
export interface TopologyDescription {
  readonly pipeline: string
  readonly edition: string
  readonly partitions: number
  /** In the order of the dataflow. */
  readonly steps: readonly StepDescription[]
  readonly topics: readonly TopicDescription[]
}

/** Topics that every step writes or reads beside its own, or that say something about the others. */
export const BESIDE: Readonly<Record<string, string>> = {
  completions: 'each paid call, from the journal',
  'dead-letters': 'what failed for good, from any step',
  redrive: 'dead letters to be tried again, read by the step each failed in',
  editions: 'the settings that make the results',
  'budget-events': 'limits of spending: set, changed, reached',
}

/** The dataflow of a configuration. */
export function describeTopology(config: Config): TopologyDescription {
  const { pipeline, edition, kafka } = config
  const processors = topology(config)
  const plugged = new Set(config.plugins.map(({ processor }) => processor))
  const steps = processors.map((processor) => describe(processor, config, plugged.has(processor)))
  const topics = topicsOf(config).map(
    (topic): TopicDescription => ({
      topic,
      writers: steps.filter((step) => writes(step, topic)).map(({ title }) => title),
      readers: steps.filter(({ inputs }) => inputs.includes(topic)).map(({ title }) => title),
    }),
  )
  return { pipeline, edition, partitions: kafka.partitions, steps, topics }
}

function describe(processor: AnyProcessor, config: Config, plugged: boolean): StepDescription {
  const { step, title = step, kind, inputs, outputs } = processor
  return {
    step,
    title,
    group: groupName(config, step),
    kind,
    inputs,
    outputs,
    store:
      processor.kind === 'stateful'
        ? { changelog: processor.store.changelog, logged: processor.store.logged }
        : null,
    standIn: processor.standIn !== undefined,
    models: plugged ? null : modelsOf(step, config),
    plugged,
  }
}

/** Steps that ask by another's role. */
const ROLE_OF_STEP: Readonly<Record<string, Role>> = { control: 'verify', 'score.datasets': 'score' }

/** Steps that ask a model are called by their role, or ask by another's; those of a sampler by its id. */
function modelsOf(step: string, { samplers, roles }: Config): AskedModel[] {
  const sampler = samplers.find(({ samplerId }) => step === `generate.${samplerId}`)
  if (sampler !== undefined)
    return [{ role: 'generate', name: sampler.model.name, model: sampler.model.model }]
  const role = roles[ROLE_OF_STEP[step] ?? (step as Role)]
  return role ? [{ role: role.role, name: role.model.name, model: role.model.model }] : []
}

function writes({ outputs, store }: StepDescription, topic: string): boolean {
  return outputs.includes(topic) || (store?.logged === true && store.changelog === topic)
}
