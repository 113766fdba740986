/**
 * Makes a replay's plan: reads what the edition takes over, partition by partition, and takes it through the edition's
 * own steps in memory. What the log answers goes on exactly; what it does not is counted, and what would follow from
 * that is estimated. Memory is bounded by one partition's open questions, and those are kept in a scratch database.
 */
import type { Config } from '../../config/types.ts'
import type { StoredAnswer } from '../../models/journal-port.ts'
import { triage } from '../../processors/triage.ts'
import { openState, stateKey, tallyOf } from '../../processors/triage-state.ts'
import type { Codec } from '../../schemas/codec.ts'
import type { Tier, TopicName, TopicRecords } from '../../schemas/topics.ts'
import type { Question, TriageState } from '../../schemas/types.ts'
import { readPartition } from '../../sinks/session-records.ts'
import { sharedTopics } from '../../streams/edition-topics.ts'
import type { AnyProcessor, Input } from '../../streams/processor.ts'
import type { Bounds, TopicReader } from '../../streams/transport/reader.ts'
import type { UnreadableRecords } from '../../streams/unreadable.ts'
import { count } from '../../terminal/numbers.ts'
import type { ReplayTopic } from '../replay.ts'
import { BaseCalls } from './base-calls.ts'
import { BaseTiers } from './base-tiers.ts'
import { CallBook } from './call-book.ts'
import { composePlan } from './compose-plan.ts'
import { OpenEnds } from './open-ends.ts'
import { PartitionFlow, questionOf, type VerdictsToGive } from './partition-flow.ts'
import { possibleTiers } from './possible-tiers.ts'
import type { ReplayPlan } from './replay-plan.ts'
import { ScratchStores } from './scratch-stores.ts'
import { TierMatrix } from './tier-matrix.ts'

/** What a plan is made from. */
export interface PlanSource {
  readonly config: Config
  /** The steps the edition runs itself. */
  readonly processors: readonly AnyProcessor[]
  readonly base: { readonly edition: string; readonly from: ReplayTopic }
  /** Full names of the edition's topics: those it takes over are its base's. */
  readonly fullName: (topic: TopicName) => string
  /** The same of the edition it is built on. */
  readonly baseName: (topic: TopicName) => string
  readonly reader: Pick<TopicReader, 'settledBounds' | 'read'>
  readonly codec: Codec
  readonly unreadable: UnreadableRecords
  /** The answer of a request, from whatever was paid for; null when there is none. */
  readonly find: (requestHash: string) => StoredAnswer | null
  /** Told, a line at a time, how far it is. */
  readonly onProgress?: (line: string) => void
}

/** What was found, for the plan to be composed of. */
export interface Findings {
  readonly book: CallBook
  readonly ends: OpenEnds
  readonly matrix: TierMatrix
  readonly tiers: BaseTiers
  readonly calls: BaseCalls
  /** Records that end as dead letters. */
  failures: number
  /** The first question that was met. */
  question: Question | null
}

/** A question of which triage has heard nothing. */
const NOTHING_KNOWN = openState({ questionId: '', revision: 0 })

/** Makes the plan. Nothing is written to any topic, and nobody is asked. */
export async function makePlan(source: PlanSource): Promise<ReplayPlan> {
  using stores = new ScratchStores(source.config, source.codec)
  const planning = await Planning.open(source, stores)
  await planning.readAll()
  return composePlan(source, planning.findings)
}

class Planning {
  readonly findings: Findings = {
    book: new CallBook(),
    ends: new OpenEnds(),
    matrix: new TierMatrix(),
    tiers: new BaseTiers(),
    calls: new BaseCalls(),
    failures: 0,
    question: null,
  }
  readonly #source: PlanSource
  readonly #stores: ScratchStores
  /** Topics that are taken over and that some step reads, in the order of the dataflow. */
  readonly #inputs: readonly TopicName[]
  /** Where the topics end that are read, by full name: what comes later is not in the plan. */
  readonly #bounds: ReadonlyMap<string, readonly Bounds[]>

  private constructor(
    source: PlanSource,
    stores: ScratchStores,
    inputs: readonly TopicName[],
    bounds: ReadonlyMap<string, readonly Bounds[]>,
  ) {
    this.#source = source
    this.#stores = stores
    this.#inputs = inputs
    this.#bounds = bounds
  }

  static async open(source: PlanSource, stores: ScratchStores): Promise<Planning> {
    const { processors, base, fullName, baseName, reader } = source
    const read = new Set(processors.flatMap(({ inputs }) => inputs as readonly TopicName[]))
    const inputs = [...sharedTopics(base)].filter((topic) => read.has(topic))
    const bounds = new Map<string, readonly Bounds[]>()
    for (const name of [...inputs.map(fullName), baseName('triage-state'), baseName('completions')]) {
      bounds.set(name, await reader.settledBounds(name))
    }
    return new Planning(source, stores, inputs, bounds)
  }

  async readAll(): Promise<void> {
    const { baseName, onProgress } = this.#source
    const partitions = this.#bounds.get(baseName('triage-state'))!.length
    for (let partition = 0; partition < partitions; partition++) {
      await this.#readPartition(partition)
      onProgress?.(`planned ${count(partition + 1)} of ${count(partitions)} partitions`)
    }
  }

  async #readPartition(partition: number): Promise<void> {
    const { config, processors, find, fullName, baseName } = this.#source
    const { book, ends, tiers, calls } = this.findings
    const ofBase = <T extends TopicName>(topic: T) => this.#records(topic, baseName(topic), partition)
    await tiers.read(ofBase('triage-state'))
    await this.#stores.begin(partition, processors)
    const flow = new PartitionFlow({ config, processors, find, stores: this.#stores, book, ends })
    for (const topic of this.#inputs) {
      for await (const value of this.#records(topic, fullName(topic), partition)) {
        const input = { topic, value } as Input
        this.findings.question ??= questionOf(input)
        await flow.take(input)
      }
    }
    this.#countTiers(flow.toGive)
    this.findings.failures += flow.failures
    if (book.hasToMake && !calls.isEnough) await calls.read(ofBase('completions'), tiers.byQuestion())
  }

  /** Every question revision of the partition, each once: those triage knows, and those of which nothing is known. */
  #countTiers(toGive: Map<string, VerdictsToGive>): void {
    for (const value of this.#stores.values(triage.step)) {
      const state = value as TriageState
      const key = stateKey(state)
      const waitsFor = toGive.get(key)
      toGive.delete(key)
      if (waitsFor === undefined) this.#count(key, state)
      else this.#countOpen(key, state, waitsFor)
    }
    for (const [key, waitsFor] of toGive) this.#countOpen(key, null, waitsFor)
  }

  #count(key: string, { status, tier }: TriageState): void {
    const { matrix, tiers } = this.findings
    matrix.add(tiers.tierOf(key), status === 'decided' ? (tier as Tier) : 'waiting')
  }

  #countOpen(key: string, state: TriageState | null, waitsFor: VerdictsToGive): void {
    const { matrix, tiers, ends } = this.findings
    const { config } = this.#source
    const { correct, wrong, missing } = tallyOf(state ?? NOTHING_KNOWN, config.samplers.length)
    const now = tiers.tierOf(key)
    const verdicts = { correct, wrong, missing, ...waitsFor }
    ends.addUndecided({ now, ...verdicts })
    const [first, ...others] = new Set(possibleTiers(config, verdicts))
    matrix.add(now, others.length > 0 ? 'open' : first!)
  }

  #records<T extends TopicName>(topic: T, name: string, partition: number): AsyncIterable<TopicRecords[T]> {
    const { first, end } = this.#bounds.get(name)![partition]!
    return readPartition(this.#source, topic, { name, partition, first, end })
  }
}
