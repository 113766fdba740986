import type { Config } from '../../config/config.ts'
import type { Ask } from '../../models/ask.ts'
import { topology } from '../../processors/topology.ts'
import { groupName } from '../../schemas/topic-names.ts'
import type { TopicName } from '../../schemas/topics.ts'
import type { TriageState } from '../../schemas/types.ts'
import { deadLetterOf } from '../../streams/dead-letter.ts'
import type { AnyProcessor, Emission, Input, StatefulProcessor } from '../../streams/processor.ts'
import { redriveOrder } from '../../streams/redrive-orders.ts'
import { MemoryStore } from './memory-store.ts'
import { PayingAsk } from './paying-ask.ts'
import type { StoredInLog, TopicLog } from './topic-log.ts'

interface Partition {
  readonly store: MemoryStore<unknown>
  readonly inputs: Map<number, unknown>
}

/** Runs the real processors over a log, step after step, as one worker would. */
export class TopologyRun {
  readonly #log: TopicLog
  readonly #config: Config
  readonly #processors: readonly AnyProcessor[]
  readonly #seen = new Set<string>()
  readonly #partitions = new Map<string, Partition>()

  constructor(log: TopicLog, config: Config) {
    this.#log = log
    this.#config = config
    this.#processors = topology(config)
  }

  /** Works off everything that is new. */
  async run(model: Ask): Promise<void> {
    const ask = new PayingAsk(model, this.#log)
    for (const processor of this.#processors) {
      for (const topic of processor.inputs) await this.#runStep(ask, processor, topic)
    }
  }

  /** Orders a dead letter of a stateless step to be tried again, and works it off. */
  async redrive(model: Ask, deadLetterId: string): Promise<void> {
    const log = this.#log
    const letter = log.decoded('dead-letters').find((one) => one.deadLetterId === deadLetterId)
    const processor = this.#processors.find(({ step }) => step === letter?.step)
    if (letter === undefined || processor?.kind !== 'stateless') throw new Error('nothing to try again')
    const { topic, value } = letter
    const order = redriveOrder(letter)
    log.append('redrive', order.key, order.value)
    const name = topic.split('.').at(-1) as TopicName
    const input = { topic: name, value: log.codec.decode(name, value) } as Input
    const context = { config: this.#config, ask: new PayingAsk(model, log) }
    this.#write(await processor.process(input, context))
    await this.run(model)
  }

  /** Admit writes to the topic it reads: until nothing new is there. */
  async #runStep(ask: Ask, processor: AnyProcessor, topic: TopicName): Promise<void> {
    const name = ({ partition, offset }: StoredInLog) => `${processor.step} ${topic}/${partition}/${offset}`
    for (;;) {
      const fresh = this.#log.records(topic).filter((record) => !this.#seen.has(name(record)))
      if (fresh.length === 0) return
      for (const record of fresh) {
        this.#seen.add(name(record))
        await this.#work(ask, processor, topic, record)
      }
    }
  }

  async #work(ask: Ask, processor: AnyProcessor, topic: TopicName, record: StoredInLog): Promise<void> {
    const input = { topic, value: this.#log.codec.decode(topic, record.value) } as Input
    try {
      if (processor.kind === 'stateful') this.#write(this.#decide(processor, input, record))
      else this.#write(await processor.process(input, { config: this.#config, ask }))
    } catch (error) {
      this.#giveUp(processor, input, record, error)
    }
  }

  #decide(processor: StatefulProcessor<unknown>, input: Input, { partition, offset }: StoredInLog) {
    const { store, inputs } = this.#partition(processor, partition)
    inputs.set(offset, input.value)
    const before = store.changelog.length
    const { partitions } = this.#config.kafka
    const emissions = processor.process(input, store, { partition, offset, config: this.#config, partitions })
    const states = store.changelog.slice(before) as TriageState[]
    return [
      ...emissions,
      ...states.map((value): Emission => {
        return { topic: 'triage-state', key: `${value.questionId}@${value.revision}`, value, partition }
      }),
    ]
  }

  #giveUp(processor: AnyProcessor, input: Input, record: StoredInLog, error: unknown): void {
    const { step } = processor
    const letter = { ...record, topic: this.#log.source().fullName(input.topic) }
    const groupId = groupName(this.#config, step)
    const dead = deadLetterOf({ letter, error, groupId, step, attempts: 1, redrivenFrom: null, secrets: [] })
    this.#log.append('dead-letters', dead.questionId ?? '', dead)
    this.#write(processor.standIn?.(input, dead) ?? [])
  }

  #partition(processor: StatefulProcessor<unknown>, number: number): Partition {
    const name = `${processor.step}/${number}`
    const inputs = new Map<number, unknown>()
    const partition = this.#partitions.get(name) ?? {
      store: new MemoryStore(processor.store, inputs),
      inputs,
    }
    this.#partitions.set(name, partition)
    return partition
  }

  #write(emissions: readonly Emission[]): void {
    for (const { topic, key, value, partition } of emissions) {
      this.#log.append(topic, key, value as never, partition)
    }
  }
}
