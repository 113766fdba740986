/**
 * Works once more on a record that failed. An answer that would not do is in the journal, and would be given again for
 * ever: after it, the same is asked as another try. Answers that did for something are not paid again.
 */
import type { Ask } from '../models/ask.ts'
import { askWith } from '../models/ask-with.ts'
import { type Emission, type Input, type Processor, type ProcessorContext, RecordError } from './processor.ts'

/** Failures of an answer that came. */
const WOULD_NOT_DO: ReadonlySet<string> = new Set(['malformed-answer', 'content-filter'])

/** Further from each other than the tries that a processor makes of its own. */
const TRIES_APART = 1_000

/**
 * What a processor makes of a record at this attempt. The answers of earlier attempts are gone through as they are in
 * the journal; one that was never given is asked for on the way.
 * @throws what the last try throws
 */
export async function processAgain(
  processor: Processor,
  input: Input,
  { ask, ...context }: ProcessorContext,
  attempts: number,
): Promise<Emission[]> {
  for (let number = 0; ; number++) {
    try {
      return await processor.process(input, { ...context, ask: shifted(ask, number * TRIES_APART) })
    } catch (error) {
      const wouldNotDo = error instanceof RecordError && WOULD_NOT_DO.has(error.class)
      if (!wouldNotDo || number + 1 >= attempts) throw error
    }
  }
}

function shifted(ask: Ask, by: number): Ask {
  return by === 0 ? ask : askWith(ask, ({ try: attempt = 1 }) => ({ try: attempt + by }))
}
