/**
 * What a processor is: input topics, output topics, and a function from a record to records. It knows no
 * Kafka, no offset, no retry. Whatever it returns is published, together with the input's progress, in one
 * transaction; whatever it throws becomes a dead letter.
 */
import type { Config } from '../config/config.ts'
import type { Ask } from '../models/ask.ts'
import type { TopicName, TopicRecords } from '../schemas/topics.ts'

/** A record on its way in: the topic tells its type. */
export type Input<T extends TopicName = TopicName> = { [K in T]: { topic: K; value: TopicRecords[K] } }[T]

/** A record on its way out. The key is the question id, and chooses the partition unless one is named. */
export type Emission<T extends TopicName = TopicName> = {
  [K in T]: { topic: K; key: string; value: TopicRecords[K]; partition?: number }
}[T]

/** Why a record could not be worked on, as its dead letter says it. */
export interface Failure {
  deadLetterId: string
  class: string
  message: string
}

interface Step<I extends TopicName, O extends TopicName> {
  /** Name of the step; with the sampler's id behind it, for a step that runs once a sampler: `generate.<id>`. */
  readonly step: string
  /** What people call it where the step's name holds an id, e.g. `generate.qwen-t0.7`. */
  readonly title?: string
  readonly inputs: readonly I[]
  readonly outputs: readonly O[]
  /**
   * What takes the place of an output that a technical failure kept from being made, where somebody downstream
   * counts on it. It is published beside the dead letter.
   */
  standIn?(input: Input<I>, failure: Failure): Emission<O>[]
}

/** A processor without memory: many records at once, in any order. */
export interface Processor<I extends TopicName = TopicName, O extends TopicName = TopicName>
  extends Step<I, O> {
  readonly kind: 'stateless'
  /**
   * @throws {RecordError} when this record can never be worked on: it becomes a dead letter of that class.
   * @throws anything else: a dead letter of class `internal`.
   */
  process(input: Input<I>, context: ProcessorContext): Promise<Emission<O>[]>
}

/** What a stateless processor may use beside its record. */
export interface ProcessorContext {
  readonly config: Config
  /** Asks a model: journaled, never paid twice; transient failures are waited out inside. */
  readonly ask: Ask
}

/**
 * A processor with memory: one record at a time a partition, in offset order, synchronously. What it puts
 * into its store is visible to the next record at once, and becomes durable with the outputs, or not at all.
 */
export interface StatefulProcessor<S, I extends TopicName = TopicName, O extends TopicName = TopicName>
  extends Step<I, O> {
  readonly kind: 'stateful'
  readonly store: StoreSpec<S>
  process(input: Input<I>, store: Store<S>, place: Place): Emission<O>[]
}

/** Where a record stands. */
export interface Place {
  readonly partition: number
  readonly offset: number
  readonly config: Config
  /** The number of partitions of every topic of this edition. */
  readonly partitions: number
}

/** A processor's memory, a partition: keyed values that can be rebuilt from a topic. */
export interface Store<S> {
  get(key: string): S | undefined
  put(key: string, value: S): void
  /**
   * The record at an earlier offset of the same input topic and partition, kept because it is named by
   * `StoreSpec.retains`. @throws when the state does not name it.
   */
  retained(offset: number): unknown
}

/** How a store is rebuilt. */
export interface StoreSpec<S> {
  /**
   * What the store is rebuilt from, partition by partition: its own changelog; the step's output where that says it
   * all; or several topics, the step's inputs, where it remembers only what they say. Others write these as well, so a
   * store may know more of them than the step has read, and may be told again what it knows.
   */
  readonly changelog: TopicName | readonly TopicName[]
  /** Whether a `put` must be written to the changelog; false where outputs or inputs are the changelog. */
  readonly logged: boolean
  /** What a record of the changelog says about the store; null for nothing. */
  restore(value: unknown): { key: string; value: S } | null
  /** The changelog record of an entry, where `logged`. */
  toRecord?(key: string, value: S): unknown
  /** The offsets of inputs an entry still needs the records of; empty when the entry is settled. */
  retains?(value: S): readonly number[]
}

/** Any processor, whatever its state, as the topology holds it. */
export type AnyProcessor = Processor | StatefulProcessor<unknown>

/** This record can never be worked on: it becomes a dead letter of that class, with the answer that would not do. */
export class RecordError extends Error {
  readonly class: string
  readonly answer: string | null

  constructor(failureClass: string, message: string, answer: string | null = null) {
    super(message)
    this.name = 'RecordError'
    this.class = failureClass
    this.answer = answer
  }
}
