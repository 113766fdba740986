/** Values of options that several commands take. */
import { InvalidArgumentError } from 'commander'

/** An amount of money, in USD. */
export function usdAmount(text: string): number {
  const usd = Number(text)
  if (text.trim() !== '' && Number.isFinite(usd) && usd > 0) return usd
  throw new InvalidArgumentError('Give an amount above 0.')
}

/** A whole number that is not below the one, nor above the other. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`Give a whole number ${range}.`)
  }
}
