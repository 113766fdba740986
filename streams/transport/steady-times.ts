/**
 * KafkaJS measures how long something takes by the machine's date. Set back by an hour, it sends no heartbeat for an
 * hour, and the broker takes the partitions away; set forward, every request under way has timed out. The moments it
 * remembers are therefore kept on a clock that only ever goes on, and told by the date of the one who asks.
 */

/**
 * Makes a property that holds a moment, in milliseconds since 1970, move with the date when that is set.
 * @param type the class whose instances have it; a value that is no number is kept as it is
 */
export function keepSteady(type: { readonly prototype: object }, property: string): void {
  const kept = new WeakMap<object, unknown>()
  Object.defineProperty(type.prototype, property, {
    configurable: true,
    get(this: object): unknown {
      const value = kept.get(this)
      return typeof value === 'number' ? value + dateOverClock() : value
    },
    set(this: object, value: unknown) {
      kept.set(this, typeof value === 'number' ? value - dateOverClock() : value)
    },
  })
}

/** By how much the date is ahead of the steady clock, ms. */
function dateOverClock(): number {
  return Date.now() - performance.now()
}
