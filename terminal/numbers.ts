/** Numbers as they are shown to people, the same in every locale. */

/** A count, e.g. `12,345`. */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** A count with its noun, e.g. `1 call`, `2 calls`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** A duration in milliseconds, e.g. `8.4 s`, `1 min 12 s`. */
export function duration(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** Billionths of a US dollar, e.g. `$0.0183`. */
export function dollars(nanoUsd: number): string {
  const usd = nanoUsd / 1e9
  return `$${usd.toFixed(usd < 10 ? 4 : 2)}`
}

/** What calls cost, as far as it is known, e.g. `$0.0183 + 2 unknown`. @param usd null when the cost of none is known */
export function costText({
  usd,
  callsOfUnknownCost,
}: {
  readonly usd: number | null
  readonly callsOfUnknownCost: number
}): string {
  if (usd === null) return 'unknown'
  const known = dollars(usd * 1e9)
  return callsOfUnknownCost === 0 ? known : `${known} + ${count(callsOfUnknownCost)} unknown`
}

/** Bytes, e.g. `312 KB`. */
export function bytes(value: number): string {
  return value < 1e6 ? `${Math.ceil(value / 1e3)} KB` : `${(value / 1e6).toFixed(1)} MB`
}
