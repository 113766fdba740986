/** One call at an endpoint: money is set aside for it, it is sent, and what came of it is in the journal. */
import type { Room } from '../stack/room.ts'
import type { TextRequest } from './ask.ts'
import { type Budget, type Reservation, USUAL_ANSWER_LIMIT } from './budget.ts'
import type { Clock } from './clock.ts'
import { costNanoUsd, mostNanoUsd } from './cost.ts'
import { CallFailure } from './errors.ts'
import type { CallRecord, JournalPort, StoredAnswer } from './journal-port.ts'
import type { Lane } from './lane.ts'
import type { Permit } from './limiter.ts'
import type { PlannedCall } from './plan.ts'
import { separateReasoning } from './reasoning.ts'
import type { ChatReply } from './reply.ts'
import { answerLimit } from './request.ts'

/** A call at an endpoint that has ended, with an answer or without. */
export interface EndedCall {
  readonly request: TextRequest
  readonly endpoint: string
  readonly outcome: ChatReply | CallFailure | 'aborted'
  /** How often this request was sent, from 1. */
  readonly attempt: number
  readonly durationMs: number
}

/** What one call needs. */
export interface PhysicalCallOptions {
  readonly journal: JournalPort
  /** Where answers are kept: while there is none, no call begins. Left out = there always is. */
  readonly room?: Room
  /** What calls are paid from; left out = no limit. */
  readonly budget?: Budget | null
  readonly clock: Clock
  /** Aborted when calls at the endpoints are to end, too. */
  readonly cut: AbortSignal
  /** Told each call that goes into the journal. @param payer whose work it was */
  readonly onCall?: (payer: string, call: CallRecord) => void
  /** Told each call that has ended, those that do not go into the journal among them. */
  readonly onEnded?: (call: EndedCall) => void
}

/** A call whose turn it is. */
export interface CallNow {
  readonly call: PlannedCall
  readonly body: string
  /** How often this request was sent, this time included. */
  readonly attempt: number
  /** How often it was turned away since it last got into the journal. */
  readonly turnedAway: number
  readonly lane: Lane
  readonly permit: Permit
}

/**
 * Sets the most a call can cost aside; null for one that is free. Its permit ends when that fails.
 * @throws {BudgetReached} when there is no money left for it.
 * @throws the signal's reason when it was given up
 */
export async function setAside(
  { call: { request }, body, permit }: CallNow,
  { budget, room }: Pick<PhysicalCallOptions, 'budget' | 'room'>,
  signal: AbortSignal,
): Promise<Reservation | null> {
  if (!budget) return null
  const { step, model } = request
  const answerTokens = answerLimit(request) ?? USUAL_ANSWER_LIMIT
  try {
    if (model.price === null) budget.checkUnpriced(step, model.name)
    const nanoUsd = model.price === null ? 0 : mostNanoUsd(Buffer.byteLength(body), answerTokens, model.price)
    if (nanoUsd === 0) return null
    const reserve = () => budget.reserve({ step, model: model.model, nanoUsd }, signal)
    return await (room === undefined ? reserve() : room.write(reserve, signal))
  } catch (error) {
    permit.release(0)
    throw error
  }
}

/**
 * Makes it. Its permit ends with it.
 * @param money what was set aside for it
 * @returns what became of it; a failure is for the caller to deal with
 * @throws the signal's reason when it was given up, before it was sent or at the endpoint
 */
export async function callNow(
  { call, body, attempt, turnedAway, lane, permit }: CallNow,
  money: Reservation | null,
  { clock, cut, journal, onCall, onEnded }: PhysicalCallOptions,
  signal: AbortSignal,
): Promise<StoredAnswer | CallFailure> {
  const [startedAt, started] = [clock.date(), clock.now()]
  let outcome: ChatReply | CallFailure | 'aborted'
  try {
    outcome = await send(body, lane, permit, signal, cut)
  } catch (error) {
    money?.release()
    throw error
  }
  const durationMs = Math.round(clock.now() - started)
  onEnded?.({ request: call.request, endpoint: lane.name, outcome, attempt, durationMs })
  const record = (result: CallResult): Promise<unknown> => {
    const entry = { ...result, ...describe(call, lane), startedAt, durationMs, attempt, turnedAway }
    const entered = journal.append(entry)
    onCall?.(call.request.payer ?? entry.step, entry)
    return money === null ? entered : book(entry, entered, money)
  }
  if (outcome instanceof CallFailure) {
    if (outcome.owed) await record(failed(outcome.message, mostOf(outcome, money)))
    else money?.release()
    return outcome
  }
  if (outcome === 'aborted') {
    await record(failed('given up: nobody waits for it any more', money?.nanoUsd ?? null))
    throw signal.reason
  }
  const answer = toAnswer(call, outcome)
  await record(answered(answer, call.request, money?.nanoUsd ?? null))
  return answer
}

/** Books a call once it is in the journal. */
async function book(
  { step, costNanoUsd, atMostNanoUsd }: CallRecord,
  entered: ReturnType<JournalPort['append']>,
  money: Reservation,
): Promise<void> {
  try {
    const { journal, sequence } = await entered
    money.settle({ journal, sequence, step, costNanoUsd, atMostNanoUsd })
  } catch (error) {
    money.lose()
    throw error
  }
}

/** A request that was refused was not worked on. */
function mostOf({ disposition }: CallFailure, money: Reservation | null): number | null {
  return money !== null && disposition === 'refused' ? 0 : (money?.nanoUsd ?? null)
}

/** Uses a permit; the next call may start before this one is in the journal. */
async function send(
  body: string,
  lane: Lane,
  permit: Permit,
  signal: AbortSignal,
  cut: AbortSignal,
): Promise<ChatReply | CallFailure | 'aborted'> {
  let usedTokens: number | null = 0
  try {
    signal.throwIfAborted()
    usedTokens = null
    const reply = await lane.endpoint.send(body, cut)
    usedTokens = totalTokens(reply)
    lane.answered(permit)
    return reply
  } catch (error) {
    if (!(error instanceof CallFailure)) {
      if (cut.aborted && usedTokens === null) return 'aborted'
      throw error
    }
    if (!error.owed) usedTokens = 0
    if (error.disposition === 'wait') lane.failed(error, permit)
    else lane.answered(permit)
    return error
  } finally {
    permit.release(usedTokens)
  }
}

type CallResult = Pick<
  CallRecord,
  | 'status'
  | 'reasoning'
  | 'text'
  | 'finishReason'
  | 'promptTokens'
  | 'completionTokens'
  | 'costNanoUsd'
  | 'atMostNanoUsd'
  | 'error'
>

function describe(
  call: PlannedCall,
  lane: Lane,
): Pick<CallRecord, 'requestHash' | 'step' | 'questionId' | 'model' | 'endpoint'> {
  const { step, questionId, model } = call.request
  return { requestHash: call.hash, step, questionId, model: model.model, endpoint: lane.name }
}

function answered(answer: StoredAnswer, request: TextRequest, atMostNanoUsd: number | null): CallResult {
  const { reasoning, text, finishReason, promptTokens, completionTokens } = answer
  const cost = costNanoUsd(answer, request.model.price)
  const said = { reasoning, text, finishReason, promptTokens, completionTokens }
  return { status: 'answered', ...said, costNanoUsd: cost, atMostNanoUsd, error: null }
}

function failed(error: string, atMostNanoUsd: number | null): CallResult {
  const nothing = { reasoning: '', text: '', finishReason: '' }
  const unknown = { promptTokens: null, completionTokens: null, costNanoUsd: null }
  return { status: 'failed', ...nothing, ...unknown, atMostNanoUsd, error }
}

function toAnswer(call: PlannedCall, reply: ChatReply): StoredAnswer {
  const { finishReason, promptTokens, completionTokens } = reply
  const parts = separateReasoning(reply.content, reply.reasoning)
  const model = call.request.model.model
  return { requestHash: call.hash, model, ...parts, finishReason, promptTokens, completionTokens }
}

function totalTokens(reply: ChatReply): number | null {
  if (reply.promptTokens === null || reply.completionTokens === null) return null
  return reply.promptTokens + reply.completionTokens
}
