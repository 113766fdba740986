/** The role of a step that makes calls: all samplers together are `generate`. @param step the column that holds it */
export function roleOf(step: string): string {
  return `splitByChar('.', toString(${step}))[1]`
}
