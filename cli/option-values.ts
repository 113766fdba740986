/** Values of options that several commands take. */
import { InvalidArgumentError } from 'commander'

/** An amount of money, in USD. */
export function usdAmount(text: string): number {
  const usd = Number(text)
  if (text.trim() !== '' && Number.isFinite(usd) && usd > 0) return usd
  throw new InvalidArgumentError('Give an amount above 0.')
}

/** A whole number that is not below this one. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (Number.isSafeInteger(value) && value >= least) return value
    throw new InvalidArgumentError(`Give a whole number from ${least}.`)
  }
}
