/**
 * How many calls an endpoint is given at once: more and more while none is refused, fewer as soon as some are.
 *
 * The rule is TCP's congestion control (RFC 5681: slow start, additive increase, multiplicative decrease), which
 * Netflix' concurrency-limits (AIMDLimit) put to requests. What differs, because a refusal is no lost packet:
 *
 * - Each refused call takes a place away, at most half of them a round: a server that refuses what is above K leaves
 *   K at once. A round is what was sent before its first refusal came; later refusals of it are no new ones. (Data
 *   Center TCP, RFC 8257, shrinks by the share, too.)
 * - A round in which nobody was let in tells of an outage, and not of how many are too many: what was known to do
 *   stays known, as with repeated time-outs in TCP.
 * - Answers may take minutes, refusals come at once: who has not been refused within a second has been let in.
 * - Beyond what was refused one more is tried, then two, four … while that does, but no sooner than trying costs a
 *   tenth of the time, should it fail: a refusal makes everybody wait for as long as the server says.
 * - After a wait it begins with one call, then one, four, sixteen more, so that not all come back at once.
 */

/** The first calls sent at once; TCP's initial window is ten segments (RFC 6928). */
const INITIAL_SIZE = 16
/** Who was not refused for so long has been let in, ms. */
const LET_IN_MS = 1_000
/**
 * More than was refused is tried after so many answers (as many as there are places, if those are more) or so long, and
 * never sooner than so many times the wait, ms.
 */
const ANSWERS_BETWEEN_TRIALS = 8
const LATEST_TRIAL_MS = 60_000
const WAITS_BETWEEN_TRIALS = 10
/** What coming back from a wait takes besides, ms: a few rounds. */
const WAY_BACK_MS = 2_000
const SOONEST_TRIAL_MS = 5_000
const LONGEST_BETWEEN_TRIALS_MS = 300_000

/** The last time fewer were let in. */
export interface Shrink {
  /** A moment of the clock. */
  readonly at: number
  /** Calls at once before it and after it. */
  readonly from: number
  readonly to: number
  /** What the endpoint said; holds no secret. */
  readonly reason: string
}

/** The calls an endpoint may be given at once. Moments are of a clock's `now()`. */
export class CongestionWindow {
  #ceiling: number
  #size: number
  /** How many more at the next growth, and how many were more at the last. */
  #step: number
  #added: number
  /** Up to here it grows as fast as it may; infinite until a first refusal. */
  #known = Number.POSITIVE_INFINITY
  /** When more than is known may be tried: soonest, and at the latest; answers since the last refusals. */
  #trial = { from: 0, by: 0, answers: 0 }
  /** Counts how often it grew or shrank. */
  #round = 0
  /** How many calls of this round were answered, and since when the round has made use of all places. */
  #answered = 0
  #fullSince: number | null = null
  /** The round of refusals under way: calls from `first` on and before `end` belong to it. */
  #refusals = { first: 0, end: 0, from: 0, inFlight: 0, count: 0, known: 0 }
  #fruitless = 0
  /** Calls sent since the last shrink: how many, when the first of them may have been, whether one was answered. */
  #fresh = { sent: 0, since: 0, isAnswered: false }
  #lastShrink: Shrink | null = null

  /** @param ceiling the most at once, at least 1 */
  constructor(ceiling: number) {
    this.#ceiling = ceiling
    this.#size = Math.min(ceiling, INITIAL_SIZE)
    this.#step = this.#size
    this.#added = this.#size
  }

  /** The most calls at once, now. */
  get size(): number {
    return this.#size
  }

  /** Calls sent alone that were refused, one after the other. */
  get fruitless(): number {
    return this.#fruitless
  }

  get lastShrink(): Shrink | null {
    return this.#lastShrink
  }

  get ceiling(): number {
    return this.#ceiling
  }

  set ceiling(most: number) {
    this.#ceiling = most
    this.#size = Math.min(this.#size, most)
  }

  /** A call starts. @returns its round, to be told with its outcome */
  enter(): number {
    this.#fresh.sent++
    return this.#round
  }

  /** A call of this round was answered. */
  answered(round: number): void {
    if (round === this.#round) this.#answered++
    this.#trial.answers++
    if (round < this.#refusals.end) return
    this.#fresh.isAnswered = true
    this.#fruitless = 0
  }

  /**
   * A call of this round was refused.
   * @param inFlight calls under way, this one included
   * @returns whether it is the first of its round
   */
  refused(round: number, inFlight: number, now: number, reason: string): boolean {
    const isFirst = round >= this.#refusals.end
    if (isFirst) this.#beginRefusals(inFlight, now)
    else if (round < this.#refusals.first) return false
    const refusals = this.#refusals
    refusals.count++
    const left = Math.max(Math.ceil(refusals.inFlight / 2), refusals.inFlight - refusals.count)
    const size = Math.max(1, Math.min(this.#size, left))
    this.#known = Math.max(size, refusals.known)
    this.#size = size
    if (refusals.from > size) this.#lastShrink = { at: now, from: refusals.from, to: size, reason }
    return isFirst
  }

  /** The endpoint wants to be left alone until then: trials become the rarer. */
  waitsUntil(moment: number, now: number): void {
    const between = Math.min(LONGEST_BETWEEN_TRIALS_MS, (moment - now + WAY_BACK_MS) * WAITS_BETWEEN_TRIALS)
    this.#trial.from = Math.max(this.#trial.from, moment + between)
  }

  /** A wait is over: who comes back comes one after the other. @param inFlight calls still under way */
  resume(inFlight: number, now: number): void {
    this.#size = Math.max(1, Math.min(this.#known, this.#ceiling, inFlight + 1))
    this.#step = 1
    this.#fresh.since = now
    this.#nextRound(1)
  }

  /** Grows if it may; to be asked when all places are taken and somebody waits for one. */
  grow(now: number): boolean {
    if (this.#size >= this.#ceiling) return false
    this.#fullSince ??= now
    if (this.#answered < this.#added && now - this.#fullSince < LET_IN_MS) return false
    const isTrial = this.#size >= this.#known
    if (isTrial && !this.#mayTry(now)) return false
    const before = this.#size
    this.#size = Math.min(before + this.#step, this.#ceiling, isTrial ? this.#ceiling : this.#known)
    // Beyond what is known it begins with one more; on the way back to it nothing is new but whether anybody is there.
    const factor = isTrial || !Number.isFinite(this.#known) ? 2 : 4
    this.#step = !isTrial && this.#size === this.#known ? 1 : this.#step * factor
    this.#known = Math.max(this.#known, this.#size)
    this.#nextRound(this.#size - before)
    return true
  }

  /** When it may grow at the latest if nothing is refused until then; null when it has grown as far as it may. */
  get growsBy(): number | null {
    if (this.#size >= this.#ceiling || this.#fullSince === null) return null
    const { from, by } = this.#trial
    return Math.max(this.#fullSince + LET_IN_MS, this.#size >= this.#known ? Math.max(from, by) : 0)
  }

  /** Whether the last refusals are so far back that more may be tried. */
  #mayTry(now: number): boolean {
    const { from, by, answers } = this.#trial
    return now >= from && (now >= by || answers >= Math.max(this.#size, ANSWERS_BETWEEN_TRIALS))
  }

  #beginRefusals(inFlight: number, now: number): void {
    const { sent, since, isAnswered } = this.#fresh
    const isOutage = !isAnswered && (sent <= 1 || now - since < LET_IN_MS)
    if (isOutage && inFlight === 1) this.#fruitless++
    // What did before an outage stays known; before a first answer nothing is.
    const known = isOutage && Number.isFinite(this.#known) ? this.#known : 0
    const [first, from] = [this.#refusals.end, this.#size]
    this.#nextRound(1)
    this.#refusals = { first, end: this.#round, from, inFlight, count: 0, known }
    this.#fresh = { sent: 0, since: now, isAnswered: false }
    this.#step = 1
    const soonest = Math.max(this.#trial.from, now + SOONEST_TRIAL_MS)
    this.#trial = { from: soonest, by: now + LATEST_TRIAL_MS, answers: 0 }
  }

  #nextRound(added: number): void {
    this.#round++
    this.#added = added
    this.#answered = 0
    this.#fullSince = null
  }
}
