/** Wilson's score interval of a share, which stays within 0 and 1 and holds for few cases, too. */

/** The quantile of the normal distribution for 95 %. */
const Z = 1.959963984540054

/** The lower bound of the 95 % confidence interval of `part` among `all`, which is not 0. */
export function wilsonLow(part: string, all: string): string {
  return bound(part, all, '-')
}

/** Its upper bound. */
export function wilsonHigh(part: string, all: string): string {
  return bound(part, all, '+')
}

function bound(part: string, all: string, sign: '-' | '+'): string {
  const share = `(${part}) / (${all})`
  const [centre, shrink] = [`${share} + ${(Z * Z) / 2} / (${all})`, `1 + ${Z * Z} / (${all})`]
  const spread = `${Z} * sqrt(${share} * (1 - ${share}) / (${all}) + ${(Z * Z) / 4} / pow(${all}, 2))`
  return `(${centre} ${sign} ${spread}) / (${shrink})`
}
