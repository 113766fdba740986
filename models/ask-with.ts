import type { Ask, TextRequest } from './ask.ts'

/** What is changed of a request before it is asked. */
export type Change = (request: TextRequest) => Partial<Pick<TextRequest, 'payer' | 'try' | 'sample'>>

/** Asks through another one, every request changed. */
export function askWith(ask: Ask, change: Change): Ask {
  return {
    text: (request) => ask.text({ ...request, ...change(request) }),
    structured: (request) => ask.structured({ ...request, ...change(request) }),
  }
}
