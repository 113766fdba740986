/** What an endpoint for tests has seen. */
export interface EndpointStats {
  readonly calls: number
  readonly faults: number
  /** Requests that had been answered in full before: what has been paid twice. */
  readonly answeredRepeated: number
  /** Requests sent again while an equal one was under way. */
  readonly inFlightRepeated: number
  /** Requests sent again that the endpoint had refused or broken off, by its own doing. */
  readonly faultRetried: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly byModel: Readonly<Record<string, number>>
}

/** What the endpoint has seen since its counters were reset. */
export async function statsOf(baseUrl: string): Promise<EndpointStats> {
  const answer = await fetch(new URL('/stats', baseUrl))
  return (await answer.json()) as EndpointStats
}

/** Sets the counters to zero and forgets every request: what another test asked is no repetition. */
export async function resetStats(baseUrl: string): Promise<void> {
  const answer = await fetch(new URL('/reset', baseUrl), { method: 'POST' })
  if (!answer.ok) throw new Error(`${baseUrl} cannot be reset: ${answer.status}`)
}
