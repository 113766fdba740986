import type { Room } from '../stack/room.ts'
import { untilAborted } from '../stack/until-aborted.ts'
import { RecordError } from '../streams/processor.ts'
import type { Dialect, Dialects } from './dialect.ts'
import { CallFailure } from './errors.ts'
import type { Elsewhere, HandoverPort } from './handover.ts'
import type { StoredAnswer } from './journal-port.ts'
import type { Lane } from './lane.ts'
import type { Permit, Turn } from './limiter.ts'
import { Patience } from './patience.ts'
import { callNow, type PhysicalCallOptions, setAside } from './physical-call.ts'
import type { PlannedCall } from './plan.ts'
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

/** What calling needs. */
export interface CallerOptions extends PhysicalCallOptions {
  /** Asked before a call is sent, so that this machine's other workers do not make it, too. */
  readonly handover?: Pick<HandoverPort, 'begins' | 'rests'>
  /** Counts calls from their turn at the endpoint to their entry in the journal. */
  readonly underWay: UnderWay
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

/** One physical call, from its turn at an endpoint to its entry in the journal; or its answer, if others made it. */
async function callOnce(
  { call, ways, lanes, order, attempt, turnedAway }: CallPlace,
  options: CallerOptions,
  signal: AbortSignal,
): Promise<Called> {
  const { clock, underWay } = options
  const priority = options.priorityOf(call.request.step)
  const tokens = estimateTokens(call.body(ways.of(lanes[0]!)), answerLimit(call.request))
  const queuedAt = clock.now()
  for (;;) {
    const { at: lane, permit } = await rightfulTurn(call, lanes, { priority, order, tokens }, options, signal)
    const way = ways.of(lane)
    const isLate = attempt > 1 || clock.now() - queuedAt >= LOOK_AGAIN_MS
    const elsewhere = await madeElsewhere(call.hash, isLate, options)
    if (elsewhere !== null) {
      permit.release(0)
      const outcome = await elsewhere(signal)
      if (outcome === null) continue
      return { outcome, lane, way, othersAnswered: false }
    }
    const { answers } = lane
    const now = { call, body: call.body(way), attempt, turnedAway, lane, permit }
    const money = await setAside(now, options, signal)
    if (lane.limiter.isHushed) {
      money?.release()
      permit.release(0)
      options.handover?.rests(call.hash)
      // No turn comes any more: until it is given up.
      continue
    }
    const outcome = await underWay.during(() => callNow(now, money, options, signal))
    if (!(outcome instanceof CallFailure)) ways.answered(lane)
    return { outcome, lane, way, othersAnswered: lane.answers > answers }
  }
}

/**
 * Null when nobody else has made this call or is about to. Whoever asks for the same within this process has joined
 * this call: only other workers can have made it.
 * @param isLate whether somebody may have made it since it was looked up
 */
async function madeElsewhere(
  hash: string,
  isLate: boolean,
  { journal, handover }: CallerOptions,
): Promise<Elsewhere | null> {
  const known = isLate ? journal.findElsewhere(hash) : null
  if (known !== null) return () => Promise.resolve(known)
  return (await handover?.begins(hash)) ?? null
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
  options.handover?.rests(call.hash)
  options.onWait?.({ endpoint: lane.name, step: call.request.step, reason, failures, waitMs: ms })
  if (!turnedAway) await options.clock.sleep(ms, signal)
}

function estimateTokens(body: string, maxTokens: number | null): number {
  const answer = Math.min(maxTokens ?? USUAL_ANSWER_TOKENS, MOST_ANSWER_TOKENS)
  return Math.ceil(body.length / CHARACTERS_PER_TOKEN) + answer
}
