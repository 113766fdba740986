/**
 * Student's t test of one sample by the engine's own function, whose tuple is (t, p, lower bound, upper bound); it has
 * no answer (NaN, made NULL here) for fewer than two values, or for values that are all equal.
 */

/** The confidence of every interval in the views. */
const CONFIDENCE = 0.95

/** The test of whether the mean of an expression is zero: an aggregate, to be read by the functions below. */
export function tTest(expression: string): string {
  return `studentTTestOneSample(${CONFIDENCE})(${expression}, 0.)`
}

/** The two-sided p value of a test. */
export function pValue(test: string): string {
  return orNull(`${test}.2`)
}

/** The lower bound of the mean's 95 % confidence interval. */
export function lowerBound(test: string): string {
  return orNull(`${test}.3`)
}

/** The upper bound of the mean's 95 % confidence interval. */
export function upperBound(test: string): string {
  return orNull(`${test}.4`)
}

/** The standard deviation of a sample; NULL for fewer than two values. */
export function standardDeviation(expression: string): string {
  return orNull(`stddevSamp(${expression})`)
}

function orNull(number: string): string {
  return `if(isFinite(${number}), ${number}, NULL)`
}
