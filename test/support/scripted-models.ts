/** Models that answer by a rule of the question and the call, and a journal of what they were asked. */
import type { Ask, TextRequest } from '../../models/ask.ts'
import type { StoredAnswer } from '../../models/journal-port.ts'
import type { PlannedCall } from '../../models/plan.ts'
import { askStructured } from '../../models/structured.ts'
import { askText } from '../../models/text.ts'
import { contentId } from '../../schemas/ids.ts'
import { kindOf, type RequestKind, ranking, reasoned } from './fake-ask.ts'

/** The text a model answers a request with. @param chance of this call, in [0, 1) */
export type Rule = (kind: RequestKind, request: TextRequest, chance: number) => string

/** How hard a question is, in [0, 1). */
export function hardnessOf(questionId: string): number {
  return chanceOf('hardness', questionId)
}

/** Paths and tries of hard questions are often wrong, and what is mended sometimes contradicts itself. */
export const byHardness: Rule = (kind, request, chance) => {
  const answer = chance < hardnessOf(request.questionId) ? 'B' : 'A'
  switch (kind) {
    case 'verify':
      return JSON.stringify({ verdict: 'Correct', reason: 'It holds.' })
    case 'rank':
      return ranking(request, 'P1', 'P2')
    case 'consistency':
      return JSON.stringify({ consistent: chance < 0.7, reason: 'Told apart.' })
    case 'summarize':
      return 'In short.'
    default:
      // No two texts are the same, or no two requests made of them would be.
      return `Argument ${chance}. ${reasoned(answer)}`
  }
}

/** Asked as endpoints are, by planned calls; an equal one is answered from the journal. */
export class ScriptedModels {
  readonly #rule: Rule
  readonly #journal: Map<string, StoredAnswer>
  /** Calls made, by step. */
  readonly made = new Map<string, number>()

  constructor(rule: Rule = byHardness, journal: ReadonlyMap<string, StoredAnswer> = new Map()) {
    this.#rule = rule
    this.#journal = new Map(journal)
  }

  /** Others by the same rule that know all these have answered, and have made no call yet. */
  remembering(): ScriptedModels {
    return new ScriptedModels(this.#rule, this.#journal)
  }

  /** How many calls were made. */
  get calls(): number {
    return [...this.made.values()].reduce((sum, count) => sum + count, 0)
  }

  readonly find = (requestHash: string): StoredAnswer | null => this.#journal.get(requestHash) ?? null

  readonly ask: Ask = {
    text: (request) => askText(request, (call) => this.#answer(call)),
    structured: (request) => askStructured(request, (call) => this.#answer(call)),
  }

  async #answer(call: PlannedCall): Promise<StoredAnswer> {
    const known = this.find(call.hash)
    if (known !== null) return known
    const { hash, request } = call
    this.made.set(request.step, (this.made.get(request.step) ?? 0) + 1)
    const text = this.#rule(kindOf(request), request, chanceOf('call', hash))
    const usage = { promptTokens: 100, completionTokens: 50 }
    const answer = {
      requestHash: hash,
      model: request.model.model,
      reasoning: '',
      text,
      finishReason: 'stop',
      ...usage,
    }
    this.#journal.set(hash, answer)
    return answer
  }
}

function chanceOf(...of: string[]): number {
  return Number.parseInt(contentId(...(of as [string])).slice(0, 8), 16) / 0x1_0000_0000
}
