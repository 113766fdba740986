/** Sets dead letters aside for good: nobody tries them again, and they count as left over no more. */
import { dismissal } from '../streams/redrive-orders.ts'
import type { Dismissal, LetterEntry } from './letter-list.ts'
import type { OrderPublisher } from './redrive.ts'

/** How many one transaction holds: they are small. */
const BATCH = 5_000

/** Writes a word for each of the letters. Given twice, the first counts. */
export async function dismiss(
  publisher: OrderPublisher,
  letters: readonly LetterEntry[],
  reason: Dismissal,
): Promise<void> {
  for (let from = 0; from < letters.length; from += BATCH) {
    const batch = letters.slice(from, from + BATCH)
    await publisher.publishEncoded(batch.map((letter) => publisher.encode(dismissal(letter, reason))))
  }
}
