/** Takes one partition of an edition through the edition's own processors, as far as answers are known. */
import { setImmediate as turn } from 'node:timers/promises'
import type { Config } from '../../config/types.ts'
import { messageOf } from '../../errors.ts'
import type { Ask } from '../../models/ask.ts'
import type { StoredAnswer } from '../../models/journal-port.ts'
import { stateKey } from '../../processors/triage-state.ts'
import type { Question } from '../../schemas/types.ts'
import { type FlowHost, follow } from '../../streams/in-memory-flow.ts'
import {
  type AnyProcessor,
  type Emission,
  type Input,
  RecordError,
  type StatefulProcessor,
} from '../../streams/processor.ts'
import type { CallBook } from './call-book.ts'
import { lookupAsk, NotAnswered } from './lookup-ask.ts'
import { CallsOfRecord, type OpenEnds } from './open-ends.ts'
import type { ScratchStores } from './scratch-stores.ts'

/** What all partitions of a plan share. */
export interface FlowContext {
  readonly config: Config
  /** The steps that the edition runs itself. */
  readonly processors: readonly AnyProcessor[]
  /** The answer of a request; null when nobody has given it. */
  readonly find: (requestHash: string) => StoredAnswer | null
  readonly stores: ScratchStores
  readonly book: CallBook
  readonly ends: OpenEnds
}

/** Verdicts a question still waits for, for they are to be asked for. */
export interface VerdictsToGive {
  toGenerate: number
  toVerify: number
}

/** One partition under way. */
export class PartitionFlow implements FlowHost {
  readonly config: Config
  readonly processors: readonly AnyProcessor[]
  /** By question revision, as triage names them. */
  readonly toGive = new Map<string, VerdictsToGive>()
  /** Records that end as dead letters, without a call or by answers that are known. */
  failures = 0
  readonly #context: FlowContext
  #calls = new CallsOfRecord()

  constructor(context: FlowContext) {
    this.config = context.config
    this.processors = context.processors
    this.#context = context
  }

  /** Follows a record to its ends. One at a time: calls are told apart by the record they were for. */
  async take(input: Input): Promise<void> {
    const calls = new CallsOfRecord()
    this.#calls = calls
    await follow(this, input)
    if (!calls.hasToMake) return
    // A step that asks for several things at once has been left at the first; it still asks for the others.
    await turn()
    this.#context.ends.addLater(calls)
    this.#noteVerdicts(input, calls)
  }

  askFor({ value }: Input): Ask {
    const calls = this.#calls
    const { find, book } = this.#context
    return lookupAsk(find, (call, isAnswered) => {
      book.note(call, isAnswered)
      calls.note(call.request.step, isAnswered, (value as { tier?: unknown }).tier)
    })
  }

  decide(processor: StatefulProcessor<unknown>, input: Input): readonly Emission[] {
    return this.#context.stores.decide(processor, input)
  }

  made(): void {}

  /** A record fails here as it does in a worker; what has to be asked first comes to nothing yet. */
  failed(processor: AnyProcessor, input: Input, error: unknown): readonly Emission[] {
    if (error instanceof NotAnswered) return []
    this.failures++
    const failure = {
      deadLetterId: `plan-${this.failures}`,
      class: error instanceof RecordError ? error.class : 'internal',
      message: messageOf(error),
    }
    return processor.standIn?.(input, failure) ?? []
  }

  #noteVerdicts(input: Input, calls: CallsOfRecord): void {
    const [toGenerate, toVerify] = [calls.toMake('generate'), calls.toMake('verify')]
    if (toGenerate + toVerify === 0) return
    const key = stateKey(questionOf(input))
    const known = this.toGive.get(key) ?? { toGenerate: 0, toVerify: 0 }
    this.toGive.set(key, {
      toGenerate: known.toGenerate + toGenerate,
      toVerify: known.toVerify + toVerify,
    })
  }
}

/** The question of a record that is taken over. */
export function questionOf({ value }: Input): Question {
  return (value as { question?: Question }).question ?? (value as Question)
}
