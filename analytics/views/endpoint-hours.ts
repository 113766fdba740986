import { DURATIONS, HOUR } from '../tables/completions.ts'
import type { View } from './view.ts'

/** How the endpoints have done. */
export const endpointHours: View = {
  name: 'endpoint_hours',
  comment:
    'A row is an endpoint, a model and an hour (UTC) in which calls began: how many, how many failed or were sent again, how often they were turned away before (429), how long they took in seconds, and tokens written a second, over the hour and within a call.',
  select: `
SELECT
    edition,
    endpoint,
    model,
    ${HOUR} AS hour,
    count() AS calls,
    countIf(status = 'failed') AS failed,
    countIf(attempt > 1) AS sent_again,
    sum(turned_away) AS turned_away,
    ${DURATIONS} AS seconds,
    seconds[1] AS seconds_p50,
    seconds[2] AS seconds_p90,
    seconds[3] AS seconds_p99,
    sum(completion_tokens) / 3600 AS tokens_per_second,
    sum(completion_tokens) / (sum(duration_ms) / 1000) AS tokens_per_second_of_call
FROM completions
GROUP BY edition, endpoint, model, hour
ORDER BY edition, endpoint, model, hour`,
}
