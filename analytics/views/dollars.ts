/** Money in views: US dollars as decimals of nine digits, so that sums are exact to the billionth. */

/** A sum of billionths of a dollar as dollars; NULL stays NULL. @param nanoUsd an expression of a whole number */
export function dollars(nanoUsd: string): string {
  return `toDecimal128(${nanoUsd}, 9) / 1000000000`
}

/** An estimate as dollars; NULL where it is not a number. @param usd an expression of a fraction, in dollars */
export function estimatedDollars(usd: string): string {
  return `accurateCastOrNull(${usd}, 'Decimal(38, 9)')`
}
