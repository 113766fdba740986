/** How an endpoint is asked at one moment. */
import type { Lane } from './lane.ts'

/** An endpoint, as this process asks it now. */
export interface EndpointActivity {
  readonly endpoint: string
  /** Calls under way, and how many there may be, as things stand. */
  readonly inFlight: number
  readonly limit: number
  /** How many there may be at most: this process' part of `maxConcurrency`. */
  readonly most: number
  /** For how long no call starts, ms, because the endpoint asked for it or fails. */
  readonly pausedMs: number
  /** The last time it turned calls away and was given fewer; null when it never did. */
  readonly lastShrink: LastShrink | null
}

/** The last time an endpoint was given fewer calls at once. */
export interface LastShrink {
  readonly agoMs: number
  readonly from: number
  readonly to: number
  /** What the endpoint said; holds no secret. */
  readonly reason: string
}

/** @param now a moment of the lane's clock */
export function activityOf({ name, limiter }: Lane, now: number): EndpointActivity {
  const { ceiling: most, lastShrink: shrink } = limiter.window
  const lastShrink =
    shrink === null
      ? null
      : { agoMs: now - shrink.at, from: shrink.from, to: shrink.to, reason: shrink.reason }
  const { active: inFlight, limit, pausedMs } = limiter
  return { endpoint: name, inFlight, limit, most, pausedMs, lastShrink }
}

/** For so long calls that were turned away are spoken of, ms; later only while there would be more if they might. */
const NEWS_MS = 60_000

/** A sentence about an endpoint that takes fewer calls at once than it might be given; null of one that takes all. */
export function troubleOf({ limit, most, inFlight, lastShrink }: EndpointActivity): string | null {
  if (lastShrink === null || limit >= most) return null
  if (lastShrink.agoMs > NEWS_MS && inFlight < limit) return null
  return `${lastShrink.reason} (${limit} of ${most} calls at once)`
}
