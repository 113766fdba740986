/**
 * A few questions through the whole recipe, in memory: the pipeline's own processors, no topics, no groups. Models are
 * asked for real.
 */
import type { Config } from '../config/config.ts'
import { messageOf } from '../errors.ts'
import type { Ask } from '../models/ask.ts'
import { topology } from '../processors/topology.ts'
import { TOPICS, type TopicName, type TopicRecords } from '../schemas/topics.ts'
import type { Question } from '../schemas/types.ts'
import { type FlowHost, follow } from '../streams/in-memory-flow.ts'
import {
  type AnyProcessor,
  type Emission,
  type Input,
  RecordError,
  type StatefulProcessor,
  type Store,
} from '../streams/processor.ts'

/** A record that a step could not work on. */
export interface ScratchFailure {
  readonly step: string
  readonly questionId: string
  readonly class: string
  readonly message: string
}

/** What came of it. */
export interface ScratchRecords {
  /** The records of a topic, in the order they were made. */
  of<T extends TopicName>(topic: T): readonly TopicRecords[T][]
  readonly failures: readonly ScratchFailure[]
}

/**
 * Runs the questions until nothing more comes of them.
 * @throws {StepHalted} when the budget is reached, or an endpoint does not take our key
 * @throws what `ask` throws once it is aborted
 */
export async function scratchRun(
  config: Config,
  questions: readonly Question[],
  ask: Ask,
): Promise<ScratchRecords> {
  const run = new ScratchRun(config, ask)
  await Promise.all(questions.map((value) => run.take({ topic: 'questions', value })))
  return run
}

class ScratchRun implements ScratchRecords, FlowHost {
  readonly failures: ScratchFailure[] = []
  readonly config: Config
  readonly processors: readonly AnyProcessor[]
  readonly #ask: Ask
  readonly #topics = new Map<TopicName, unknown[]>()
  readonly #stores = new Map<AnyProcessor, ScratchStore>()

  constructor(config: Config, ask: Ask) {
    this.config = config
    this.#ask = ask
    // Plugged-in processors write to topics of their own, which no record comes of.
    this.processors = topology(config).filter(({ outputs }) => outputs.every((name) => TOPICS.includes(name)))
  }

  of<T extends TopicName>(topic: T): TopicRecords[T][] {
    return (this.#topics.get(topic) ?? []) as TopicRecords[T][]
  }

  /** Keeps a record and works on everything that comes of it. */
  take(input: Input): Promise<void> {
    this.made(input)
    return follow(this, input)
  }

  askFor(): Ask {
    return this.#ask
  }

  made({ topic, value }: Input | Emission): void {
    const records = this.#topics.get(topic) ?? []
    this.#topics.set(topic, records)
    records.push(value)
  }

  decide(processor: StatefulProcessor<unknown>, input: Input): readonly Emission[] {
    const store = this.#stores.get(processor) ?? new ScratchStore()
    this.#stores.set(processor, store)
    const offset = store.inputs.push(input.value) - 1
    return processor.process(input, store, { partition: 0, partitions: 1, offset, config: this.config })
  }

  failed(processor: AnyProcessor, input: Input, error: unknown): readonly Emission[] {
    if (!(error instanceof RecordError)) throw error
    const { step, title } = processor
    const { questionId, question } = input.value as { questionId?: string; question?: Question }
    const failure = { class: error.class, message: messageOf(error) }
    this.failures.push({
      step: title ?? step,
      questionId: questionId ?? question?.questionId ?? '',
      ...failure,
    })
    return processor.standIn?.(input, { deadLetterId: `preview-${this.failures.length}`, ...failure }) ?? []
  }
}

/** A store that forgets nothing: it lives as long as a preview. */
class ScratchStore implements Store<unknown> {
  /** By offset. */
  readonly inputs: unknown[] = []
  readonly #values = new Map<string, unknown>()

  get(key: string): unknown {
    return this.#values.get(key)
  }

  put(key: string, value: unknown): void {
    this.#values.set(key, value)
  }

  retained(offset: number): unknown {
    return this.inputs[offset]
  }
}
