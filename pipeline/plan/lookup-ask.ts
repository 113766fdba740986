/** Answers from what was ever paid for, and asks nobody. */
import type { Ask } from '../../models/ask.ts'
import type { StoredAnswer } from '../../models/journal-port.ts'
import type { PlannedCall } from '../../models/plan.ts'
import { askStructured } from '../../models/structured.ts'
import { askText } from '../../models/text.ts'

/** A call that nobody has answered yet: it would be made, and what would come of it is not known. */
export class NotAnswered extends Error {
  constructor({ request: { step, model } }: PlannedCall) {
    super(`step ${step} would ask ${model.model}`)
    this.name = 'NotAnswered'
  }
}

/**
 * Asks as a worker does, cut answers, repairs and all, where every answer is looked up by its request's hash.
 * @param find as {@link JournalPort} does: null where nothing has been answered
 * @param told of each call, and whether it has an answer
 * @returns an ask that throws {@link NotAnswered} where there is none
 */
export function lookupAsk(
  find: (requestHash: string) => StoredAnswer | null,
  told: (call: PlannedCall, isAnswered: boolean) => void,
): Ask {
  const ask = async (call: PlannedCall): Promise<StoredAnswer> => {
    const answer = find(call.hash)
    told(call, answer !== null)
    if (answer === null) throw new NotAnswered(call)
    return answer
  }
  return {
    text: (request) => askText(request, ask),
    structured: (request) => askStructured(request, ask),
  }
}
