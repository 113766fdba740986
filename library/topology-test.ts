/** A processor of one's own on topics in memory. */
import { loadConfig } from '../config/config.ts'
import type { OwnTopic, ProcessorPlugin } from '../plugins/define.ts'
import { topicName } from '../plugins/topics.ts'
import type { TopicName, TopicRecords } from '../schemas/topics.ts'
import type { DeadLetter } from '../schemas/types.ts'
import { TopologyDriver } from '../streams/testing/topology-driver.ts'
import type { NinefoldConfig } from './config.ts'
import { type Answers, scriptedAsk } from './scripted-ask.ts'

/** What to test. */
export interface DriverRequest {
  /** Only these run, none of the built-in ones. */
  readonly processors: readonly ProcessorPlugin[]
  /** What `process` finds as its configuration; default: one with a single model, `model`, in every role. */
  readonly config?: string | NinefoldConfig
  /** What models say; a processor that asks none needs none. */
  readonly answers?: Answers
}

/** Topics in memory, and the processors between them. */
export interface TopologyTest {
  /** Writes a record to an input. The key is the question's id unless another one is given. */
  pipe<T extends TopicName>(topic: T, value: TopicRecords[T], key?: string): void
  pipe<V>(topic: OwnTopic<string, V>, value: V, key: string): void
  /** Lets the processors work until nothing more can happen. */
  settle(): Promise<void>
  /** The records of a topic, in the order they were written. */
  read<T extends TopicName>(topic: T): TopicRecords[T][]
  read<V>(topic: OwnTopic<string, V>): V[]
  /** What failed for good. */
  deadLetters(): DeadLetter[]
  /** All workers die with everything not committed, and new ones start; settles. */
  restart(): Promise<void>
}

const CONFIG: NinefoldConfig = {
  pipeline: 'test',
  endpoints: { endpoint: { baseURL: 'http://127.0.0.1:1/v1' } },
  models: { model: { endpoint: 'endpoint', model: 'model' } },
  samplers: [{ model: 'model', temperature: [0.7, 0.8, 0.9], paths: 3 }],
  roles: { verify: 'model', rank: 'model', refine: 'model', regenerate: 'model', summarize: 'model' },
  clickhouse: false,
}

/**
 * Prepares the topics.
 * @throws {NinefoldError} NF_PROCESSOR_INVALID for what a worker would refuse, too
 */
export async function topologyDriver(request: DriverRequest): Promise<TopologyTest> {
  const { processors, config: given = CONFIG, answers = refuse } = request
  const config = await loadConfig(given, { plugins: processors })
  const own = config.plugins.filter((plugin) => processors.includes(plugin))
  const driver = new TopologyDriver({
    config,
    processors: own.map(({ processor }) => processor),
    ask: scriptedAsk(answers),
  })
  return {
    pipe: (topic: TopicName | OwnTopic, value: never, key?: string) =>
      driver.pipe(topicName(topic), value, key),
    settle: () => driver.settle(),
    read: (topic: TopicName | OwnTopic) => driver.read(topicName(topic)) as never[],
    deadLetters: () => driver.read('dead-letters'),
    restart: () => driver.restart(),
  }
}

function refuse(): never {
  throw new Error('a model was asked: give topologyDriver `answers`')
}
