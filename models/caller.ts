import type { Room } from '../stack/room.ts'
import { untilAborted } from '../stack/until-aborted.ts'
import { RecordError } from '../streams/processor.ts'
import type { TextRequest } from './ask.ts'
import { type Budget, type Reservation, USUAL_ANSWER_LIMIT } from './budget.ts'
import type { Clock } from './clock.ts'
import { costNanoUsd, mostNanoUsd } from './cost.ts'
import type { Dialect, Dialects } from './dialect.ts'
import { CallFailure } from './errors.ts'
import type { HandoverPort } from './handover.ts'
import type { CallRecord, JournalPort, StoredAnswer } from './journal-port.ts'
import type { Lane } from './lane.ts'
import type { Permit, Turn } from './limiter.ts'
import { Patience } from './patience.ts'
import type { PlannedCall } from './plan.ts'
import { separateReasoning } from './reasoning.ts'
import type { ChatReply } from './reply.ts'
import { answerLimit } from './request.ts'
import { waitMs } from './retry.ts'
import { type Admission, turnAt } from './turns.ts'
import type { UnderWay } from './under-way.ts'
import { Ways } from './ways.ts'

/** A call that has to be sent again, and when. */
export interface Wait {
  readonly endpoint: string
  readonly step: string
  /** Why; holds no secret. */
  readonly reason: string
  /** How often this request has failed. */
  readonly failures: number
  readonly waitMs: number
}

/** A call at an endpoint that has ended, with an answer or without. */
export interface EndedCall {
  readonly request: TextRequest
  readonly endpoint: string
  readonly outcome: ChatReply | CallFailure | 'aborted'
  /** How often this request was sent, from 1. */
  readonly attempt: number
  readonly durationMs: number
}

/** What calling needs. */
export interface CallerOptions {
  readonly journal: JournalPort
  /** Where answers are kept: while there is none, no call begins. Left out = there always is. */
  readonly room?: Room
  /** Told of each call that is sent, so that this machine's other workers do not make it, too. */
  readonly handover?: Pick<HandoverPort, 'begins'>
  /** What calls are paid from; left out = no limit. */
  readonly budget?: Budget | null
  readonly clock: Clock
  /** Counts calls from their turn at the endpoint to their entry in the journal. */
  readonly underWay: UnderWay
  /** Aborted when calls at the endpoints are to end, too. */
  readonly cut: AbortSignal
  /** How each endpoint wants to be asked. */
  readonly dialects: Dialects
  /** Of a step: the higher goes first. */
  readonly priorityOf: (step: string) => number
  /**
   * Null while a step's work can be nobody else's, so that a call for it may begin; otherwise resolves when it is known
   * whose it is, and what was lost is aborted. Left out = it always is this process' own.
   * @param payer whose work it is
   */
  readonly leased?: (payer: string) => Promise<void> | null
  /** The next number in line, from 0. */
  readonly nextOrder: () => number
  /** A number in [0, 1), from which waits are drawn. */
  readonly random: () => number
  readonly onWait?: (wait: Wait) => void
  /** Told each call that goes into the journal. @param payer whose work it was */
  readonly onCall?: (payer: string, call: CallRecord) => void
  /** Told each call that has ended, those that do not go into the journal among them. */
  readonly onEnded?: (call: EndedCall) => void
}

/** A prompt's length in tokens is not known before it is counted; four characters a token is usual for English. */
const CHARACTERS_PER_TOKEN = 4
/** The answer's share of an estimate when the request names no limit, and at most; settled by the usage reported. */
const USUAL_ANSWER_TOKENS = 1024
const MOST_ANSWER_TOKENS = 2048

/**
 * A call that has waited so long is looked up in the journals again: a worker that stood still for a while wakes up
 * with a queue of calls that whoever took its partitions has made in the meantime.
 */
const LOOK_AGAIN_MS = 100

/**
 * Sends a request until it is answered, by whichever of these endpoints has a turn for it, and writes every call an
 * answer was owed for into the journal before anything else happens with it.
 * @throws {RecordError} `refused`, `content-filter` or `context-length` when the endpoint will never serve this
 * request; `no-answer` when it keeps failing although others are answered.
 * @throws {StepHalted} when no other request would fare better.
 * @throws {BudgetReached} when there is no money left for it.
 * @param signal aborted when nobody waits any more: the request is not sent again then, and what is at an endpoint
 * goes on to its end
 * @throws the signal's reason once it is aborted while no answer has come.
 */
export async function callUntilAnswered(
  call: PlannedCall,
  lanes: readonly Lane[],
  options: CallerOptions,
  signal: AbortSignal,
): Promise<StoredAnswer> {
  const order = options.nextOrder()
  const ways = new Ways(call, options.dialects)
  const patience = new Patience()
  let candidates = lanes
  let failures = 0
  let turnedAway = 0
  for (let attempt = 1; ; attempt++) {
    const { outcome, lane, way, othersAnswered } = await callOnce(
      { call, ways, lanes: candidates, order, attempt, turnedAway },
      options,
      signal,
    )
    if (!(outcome instanceof CallFailure)) return outcome
    signal.throwIfAborted()
    // What was owed stands in the log by itself.
    turnedAway = outcome.owed ? 0 : turnedAway + Number(outcome.turnedAway)
    if (ways.adapt(lane, way, outcome)) continue
    if (outcome.disposition === 'refused') throw ways.refusal(outcome)
    failures++
    const givenUp = patience.tried(outcome, othersAnswered, options.clock.now(), lane.giveUp)
    if (givenUp !== null) throw new RecordError('no-answer', `${outcome.message} (given up: it ${givenUp})`)
    // The others first, where they are well; with none left, a rest, and all of them once more.
    candidates = candidates.filter((other) => other !== lane && other.limiter.isTrusted)
    if (candidates.length > 0) continue
    candidates = lanes
    await rest(outcome, failures, call, lane, options, signal)
  }
}

/** Where a call stands among others. */
interface CallPlace {
  readonly call: PlannedCall
  readonly ways: Ways
  readonly lanes: readonly Lane[]
  readonly order: number
  readonly attempt: number
  /** How often it was turned away since it last got into the journal. */
  readonly turnedAway: number
}

interface Called {
  readonly outcome: StoredAnswer | CallFailure
  readonly lane: Lane
  readonly way: Dialect
  /** Whether the endpoint answered any other call meanwhile. */
  readonly othersAnswered: boolean
}

/** One physical call, from its turn at an endpoint to its entry in the journal. */
async function callOnce(
  { call, ways, lanes, order, attempt, turnedAway }: CallPlace,
  options: CallerOptions,
  signal: AbortSignal,
): Promise<Called> {
  const { clock, journal, underWay } = options
  const priority = options.priorityOf(call.request.step)
  const tokens = estimateTokens(call.body(ways.of(lanes[0]!)), answerLimit(call.request))
  const queuedAt = clock.now()
  const { at: lane, permit } = await rightfulTurn(call, lanes, { priority, order, tokens }, options, signal)
  const way = ways.of(lane)
  if (attempt > 1 || clock.now() - queuedAt >= LOOK_AGAIN_MS) {
    // Whoever asks for the same within this process has joined this call: only others can have answered it.
    const known = journal.findElsewhere(call.hash)
    if (known !== null) {
      permit.release(0)
      return { outcome: known, lane, way, othersAnswered: false }
    }
  }
  const { answers } = lane
  const body = call.body(way)
  options.handover?.begins(call.hash)
  const now = { call, body, attempt, turnedAway, lane, permit }
  const outcome = await underWay.during(() => callNow(now, options, signal))
  if (!(outcome instanceof CallFailure)) ways.answered(lane)
  return { outcome, lane, way, othersAnswered: lane.answers > answers }
}

/**
 * Waits for a turn, and for room. A turn that comes to a process that stood still, and may have lost the work by now, is
 * given back.
 */
async function rightfulTurn(
  { request }: PlannedCall,
  lanes: readonly Lane[],
  turn: Turn,
  { leased, room }: Pick<CallerOptions, 'leased' | 'room'>,
  signal: AbortSignal,
): Promise<Admission<Lane>> {
  for (;;) {
    const admission = await turnAt(lanes, turn, signal)
    await untilRoom(room, admission.permit, signal)
    const renewed = leased?.(request.payer ?? request.step) ?? null
    if (renewed === null) return admission
    admission.permit.release(0)
    await untilAborted(renewed, signal)
  }
}

/** An answer that cannot be kept would be paid again. Ends the permit when it is waited for no longer. */
async function untilRoom(room: Room | undefined, permit: Permit, signal: AbortSignal): Promise<void> {
  try {
    await room?.free(signal)
  } catch (error) {
    permit.release(0)
    throw error
  }
}

/** A call whose turn it is. */
interface CallNow extends Pick<CallPlace, 'call' | 'attempt' | 'turnedAway'> {
  readonly body: string
  readonly lane: Lane
  readonly permit: Permit
}

async function callNow(
  { call, body, attempt, turnedAway, lane, permit }: CallNow,
  { budget, room, clock, cut, journal, onCall, onEnded }: CallerOptions,
  signal: AbortSignal,
): Promise<StoredAnswer | CallFailure> {
  const money = budget ? await setAside({ budget, room }, call, body, permit, signal) : null
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

/** Sets the most this call can cost aside; null for a call that is free. Ends the permit when that fails. */
async function setAside(
  { budget, room }: { readonly budget: Budget; readonly room: Room | undefined },
  { request }: PlannedCall,
  body: string,
  permit: Permit,
  signal: AbortSignal,
): Promise<Reservation | null> {
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

/** Waits before the next try; whom the endpoint turned away waits in its queue, in the old place, like everybody. */
async function rest(
  failure: CallFailure,
  failures: number,
  call: PlannedCall,
  lane: Lane,
  options: CallerOptions,
  signal: AbortSignal,
): Promise<void> {
  const { turnedAway, retryAfterMs, message: reason } = failure
  const ms = turnedAway
    ? Math.max(retryAfterMs ?? 0, lane.limiter.pausedMs)
    : waitMs(failures, retryAfterMs, options.random())
  options.onWait?.({ endpoint: lane.name, step: call.request.step, reason, failures, waitMs: ms })
  if (!turnedAway) await options.clock.sleep(ms, signal)
}

function estimateTokens(body: string, maxTokens: number | null): number {
  const answer = Math.min(maxTokens ?? USUAL_ANSWER_TOKENS, MOST_ANSWER_TOKENS)
  return Math.ceil(body.length / CHARACTERS_PER_TOKEN) + answer
}

function totalTokens(reply: ChatReply): number | null {
  if (reply.promptTokens === null || reply.completionTokens === null) return null
  return reply.promptTokens + reply.completionTokens
}
