/**
 * A subquery of how many verdicts agree in these columns, as `paths`, with the tokens of their paths; read from the
 * sums the table keeps, and written here as they are there. @param by what its projection is by, under new names or not
 */
export function verdictCounts(by: readonly string[]): string {
  return `(
        SELECT
            edition,
            ${by.join(', ')},
            count() AS paths,
            sum(completion_tokens) AS tokens,
            count(completion_tokens) AS paths_of_known_tokens
        FROM verdicts
        WHERE kind = 'verdict'
        GROUP BY edition, ${by.map((column) => column.split(' AS ').at(-1)).join(', ')}
    )`
}
