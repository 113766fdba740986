/** A dataflow drawn with lines: chains of topics and steps, a new one where the way forks. */
import type { StepDescription, TopologyDescription } from './topology-description.ts'

/** Steps that read and write the same, drawn as one: `generate` of all samplers. */
export interface StepGroup {
  /** What they have in common of their names, e.g. `generate`. */
  readonly name: string
  readonly steps: readonly StepDescription[]
  readonly inputs: readonly string[]
  /** Without those it reads itself. */
  readonly outputs: readonly string[]
}

const ARROW = ' ─► '

/** Steps of equal inputs and outputs as one, in the order of the dataflow. */
export function stepGroups({ steps }: Pick<TopologyDescription, 'steps'>): StepGroup[] {
  const alike = Map.groupBy(steps, ({ step, inputs, outputs }) =>
    [step.split('.', 1)[0], inputs.join(), outputs.join()].join(' '),
  )
  return [...alike.values()].map((group) => {
    const [{ step, inputs, outputs }] = group as [StepDescription]
    const name = group.length === 1 ? step : (step.split('.', 1)[0] as string)
    return { name, steps: group, inputs, outputs: outputs.filter((topic) => !inputs.includes(topic)) }
  })
}

/** The picture, line by line. Every step stands once with its outputs, and once behind each topic it reads. */
export function topologyPicture(description: TopologyDescription): string[] {
  const groups = stepGroups(description)
  const picture = new Picture(groups)
  const written = new Set(groups.flatMap(({ outputs }) => outputs))
  const sources = new Set(groups.flatMap(({ inputs }) => inputs).filter((topic) => !written.has(topic)))
  for (const topic of sources) picture.drawTopic(topic)
  for (const group of groups) picture.drawFork(group)
  return picture.lines
}

class Picture {
  readonly lines: string[] = []
  readonly #groups: readonly StepGroup[]
  readonly #drawn = new Set<StepGroup>()
  /** Topics several steps read, that stand at the end of a line. */
  readonly #forks = new Set<string>()
  /** Topics that a line has begun with. */
  readonly #topics = new Set<string>()

  constructor(groups: readonly StepGroup[]) {
    this.#groups = groups
  }

  /** A chain that begins with a topic. */
  drawTopic(topic: string): void {
    if (this.#topics.has(topic)) return
    this.#topics.add(topic)
    this.#lead(
      topic,
      this.#readersOf(topic).map((group) => this.#from(group)),
    )
    this.#drawForks()
  }

  /** A line an output of a step whose way forks, and of those topics whose way does. */
  drawFork(group: StepGroup): void {
    if (this.#drawn.has(group)) return
    this.#drawn.add(group)
    this.#lead(
      labelOf(group),
      group.outputs.map((topic) => this.#along(topic)),
    )
    this.#drawForks()
  }

  /** The ways on from the ends of lines. */
  #drawForks(): void {
    for (const topic of this.#forks) {
      this.#forks.delete(topic)
      this.drawTopic(topic)
    }
  }

  /** What follows a topic on its line. */
  #along(topic: string): string {
    const readers = this.#readersOf(topic)
    if (readers.length > 1) {
      this.#forks.add(topic)
      return topic
    }
    return [topic, ...readers.map((group) => this.#from(group))].join(ARROW)
  }

  /** A step, and what follows it while its way does not fork and has not been drawn. */
  #from(group: StepGroup): string {
    const [output, ...others] = group.outputs
    if (output === undefined || others.length > 0 || this.#drawn.has(group)) return labelOf(group)
    this.#drawn.add(group)
    return [labelOf(group), this.#along(output)].join(ARROW)
  }

  #readersOf(topic: string): StepGroup[] {
    return this.#groups.filter(({ inputs }) => inputs.includes(topic))
  }

  #lead(name: string, branches: readonly string[]): void {
    for (const [at, branch] of branches.entries()) {
      this.lines.push(`${at === 0 ? name : ' '.repeat(name.length)}${ARROW}${branch}`)
    }
  }
}

function labelOf({ name, steps }: StepGroup): string {
  return steps.length === 1 ? name : `${name} ×${steps.length}`
}
