/** Asks the simulator's player within this process, and notes every call as the journal would have. */
import type { Ask } from '../../models/ask.ts'
import type { StoredAnswer } from '../../models/journal-port.ts'
import type { PlannedCall } from '../../models/plan.ts'
import { separateReasoning } from '../../models/reasoning.ts'
import { readReply } from '../../models/reply.ts'
import { askStructured } from '../../models/structured.ts'
import { askText } from '../../models/text.ts'
import type { Completion } from '../../schemas/types.ts'
import { parseChatRequest } from '../../simulate/chat-request.ts'
import { completionOf } from '../../simulate/completion.ts'
import type { Player } from '../../simulate/player.ts'

/** A time for all calls: what is made up says so, and is the same every time. */
const STARTED_AT = Date.UTC(2026, 0, 1)
const JOURNAL = 'generated'

/** @param told each completion, numbered from 0 by the caller's count of those before */
export function playedAsk(player: Player, next: () => number, told: (completion: Completion) => void): Ask {
  const answer = async (call: PlannedCall): Promise<StoredAnswer> => {
    const request = parseChatRequest(call.body())
    const reply = readReply(JSON.stringify(completionOf(player(request, call.hash), request, call.hash)))
    const { finishReason, promptTokens, completionTokens } = reply
    const said = separateReasoning(reply.content, reply.reasoning)
    const { step, questionId, model } = call.request
    const stored = {
      requestHash: call.hash,
      model: model.model,
      ...said,
      ...{ finishReason, promptTokens, completionTokens },
    }
    const sequence = next()
    told({
      ...stored,
      ...{ paymentId: `${JOURNAL}/${sequence}`, journal: JOURNAL, sequence, step, questionId },
      ...{ endpoint: model.endpoints[0]!, status: 'answered', costNanoUsd: null, atMostNanoUsd: null },
      ...{ startedAt: STARTED_AT, durationMs: 1_000, attempt: 1, turnedAway: 0, error: null },
    })
    return stored
  }
  return {
    text: (request) => askText(request, answer),
    structured: (request) => askStructured(request, answer),
  }
}
