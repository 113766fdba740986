/** Calls summed up by something, read from sums the table keeps; they are written here as they are there. */

/** A subquery: what calls that agree in `by` used and cost. @param where a condition on `by`, or empty */
export function callSums(by: readonly string[], where = ''): string {
  return `(
    SELECT
        ${by.join(', ')},
        count() AS calls,
        sum(prompt_tokens) AS prompts,
        sum(completion_tokens) AS completed,
        sum(cost_nano_usd) AS nano_usd,
        countIf(cost_nano_usd IS NULL) AS unpriced
    FROM completions${where === '' ? '' : `\n    WHERE ${where}`}
    GROUP BY ${by.map((column) => column.split(' AS ').at(-1)).join(', ')}
)`
}
