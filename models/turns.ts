/** Waiting for a turn at an endpoint, or at whichever of several has one first. */
import type { Limiter, Permit, Turn } from './limiter.ts'

/** Whatever has limits of its own. */
export interface Limited {
  readonly limiter: Limiter
}

/** A turn that has come. */
export interface Admission<L extends Limited> {
  readonly at: L
  readonly permit: Permit
}

/**
 * Waits for a turn; who has the most room goes first, and among equals the earlier in the list.
 * @throws the signal's reason once it is aborted.
 */
export function turnAt<L extends Limited>(
  places: readonly L[],
  turn: Turn,
  signal: AbortSignal,
): Promise<Admission<L>> {
  if (signal.aborted) return Promise.reject(signal.reason)
  const ordered = places.length > 1 ? places.toSorted((a, b) => b.limiter.free - a.limiter.free) : places
  return new Promise((resolve, reject) => {
    const state = { gone: false }
    // Whoever stood behind it elsewhere may go now.
    const leave = (): void => {
      state.gone = true
      for (const { limiter } of ordered) limiter.admit()
    }
    const abort = (): void => {
      reject(signal.reason)
      leave()
    }
    for (const at of ordered) {
      if (state.gone) return
      const admit = (permit: Permit): void => {
        signal.removeEventListener('abort', abort)
        resolve({ at, permit })
        leave()
      }
      at.limiter.enqueue({ ...turn, state, admit })
    }
    if (!state.gone) signal.addEventListener('abort', abort, { once: true })
  })
}
