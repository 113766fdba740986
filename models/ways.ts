import { RecordError } from '../streams/processor.ts'
import type { Dialect, Dialects } from './dialect.ts'
import { type CallFailure, StepHalted } from './errors.ts'
import type { Lane } from './lane.ts'
import type { PlannedCall } from './plan.ts'
import { refusedParameter } from './refusal.ts'

/** How a request is put to each of its endpoints. */
export class Ways {
  readonly #call: PlannedCall
  readonly #dialects: Dialects
  /** Those being tried after a refusal; learnt once they are answered. */
  readonly #tried = new Map<Lane, Dialect>()

  constructor(call: PlannedCall, dialects: Dialects) {
    this.#call = call
    this.#dialects = dialects
  }

  /** The way to put it to this endpoint now. */
  of(lane: Lane): Dialect {
    return this.#tried.get(lane) ?? this.#dialects.get(lane.name, this.#call.request.model.model)
  }

  /** Whether this refusal of a way can be met by putting the request in another one. */
  adapt(lane: Lane, refused: Dialect, refusal: CallFailure): boolean {
    const next = this.#call.next(refused, refusal)
    if (next === null) return false
    // What others have learnt while this call was under way is tried first.
    const learntSince = !this.#tried.has(lane) && this.of(lane) !== refused
    if (!learntSince) this.#tried.set(lane, next)
    return true
  }

  /** Only now is it certain that the way was what the endpoint minded. */
  answered(lane: Lane): void {
    const way = this.#tried.get(lane)
    if (way !== undefined) this.#dialects.learn(lane.name, this.#call.request.model.model, way)
  }

  /** What a refusal that no other way can meet comes to: the record's end, or a halt of the step. */
  refusal(failure: CallFailure): Error {
    const { request } = this.#call
    const { model } = request
    const parameter =
      failure.refusal === 'refused' ? refusedParameter(failure.said, this.#call.parameters()) : null
    if (parameter === null) return new RecordError(failure.refusal, failure.message)
    // Refused to every record, and without it the answers would be others.
    return new StepHalted(
      'NF_PARAMETER_REFUSED',
      `${failure.message} (step ${request.step}, model ${model.name})`,
      `Write \`params: { ${parameter}: null }\` under model ${model.name}, take ${parameter} out of the samplers and roles that use it (\`temperature: null\` there), then start again as a new edition.`,
    )
  }
}
