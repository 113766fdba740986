import { IdTable } from '../../audit/id-table.ts'
import type { ModelSpec } from '../../config/types.ts'
import type { PlannedCall } from '../../models/plan.ts'

/** Calls of a step to one model. */
export interface StepModelCalls {
  readonly step: string
  readonly model: ModelSpec
  calls: number
}

/** The calls of an edition by step and model: those the log answers, and those that would be made. */
export class CallBook {
  readonly #answered = new Map<string, StepModelCalls>()
  readonly #toMake = new Map<string, StepModelCalls>()
  readonly #known = new IdTable()

  /** Notes a call. One that would be made counts once: whoever asks the same is given its answer. */
  note({ hash, request: { step, model } }: PlannedCall, isAnswered: boolean): void {
    if (!isAnswered && !this.#known.addNew(hash)) return
    const calls = isAnswered ? this.#answered : this.#toMake
    const key = `${step} ${model.name}`
    const group = calls.get(key) ?? { step, model, calls: 0 }
    calls.set(key, group)
    group.calls++
  }

  /** Whether any call would be made. */
  get hasToMake(): boolean {
    return this.#toMake.size > 0
  }

  /** Answers taken from the log, a repeated one as often as it is taken. */
  get answered(): readonly Readonly<StepModelCalls>[] {
    return [...this.#answered.values()]
  }

  /** Calls that would be made, each once. */
  get toMake(): readonly Readonly<StepModelCalls>[] {
    return [...this.#toMake.values()]
  }
}
