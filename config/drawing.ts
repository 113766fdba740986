/** Drawing lots by content: the same on every machine, in whatever order things come. */
import { contentId } from '../schemas/ids.ts'

const DIGITS = 12

/**
 * The place of something in a drawing: evenly spread from 0 up to but not 1.
 * @param drawing what is drawn for; with the seed, another one deals the places anew
 */
export function placeIn(drawing: string, seed: number, id: string): number {
  return Number.parseInt(contentId(drawing, seed, id).slice(0, DIGITS), 16) / 16 ** DIGITS
}
