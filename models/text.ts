import { RecordError } from '../streams/processor.ts'
import type { Answer, TextRequest } from './ask.ts'
import { planText } from './plan.ts'
import { roomierAfter } from './request.ts'
import type { AskPlanned } from './structured.ts'

/**
 * Asks for text. An answer cut at its limit is asked for once more where the request has more room to give; where
 * the endpoint has none, the cut answer stands.
 */
export async function askText(request: TextRequest, ask: AskPlanned): Promise<Answer> {
  const first = await ask(planText(request))
  const roomier = roomierAfter(first, request)
  if (roomier === null) return first
  try {
    return await ask(planText(roomier))
  } catch (error) {
    if (error instanceof RecordError) return first
    throw error
  }
}
