/**
 * Texts that mean nothing and are as long, and as hard to compress, as what models write: ZSTD makes a third of them.
 * A text of repeated sentences would be a fortieth, and all that is measured with it too fast.
 */
import { type Dice, diceFor } from '../simulate/dice.ts'

const SYLLABLES = 'ab ca den er fi gra hy ic lo mus ne or pha sis ta u'.split(' ')
const MOST_SYLLABLES = 5
const WORDS = 4_000
const WORDS_A_SENTENCE = 14
/** The higher, the more often common words come. */
const SKEW = 3

const vocabulary = wordsOf(diceFor('vocabulary'))

/** A text of this length, characters; another seed gives another one. */
export function prose(seed: string | number, length: number): string {
  const dice = diceFor('prose', seed)
  let text = ''
  for (let words = 1; text.length < length; words++) {
    const word = vocabulary[Math.floor(WORDS * dice.uniform() ** SKEW)]!
    text += words % WORDS_A_SENTENCE === 0 ? `${word}. ` : `${word} `
  }
  return text.slice(0, length)
}

function wordsOf(dice: Dice): string[] {
  return Array.from({ length: WORDS }, () => {
    const syllables = 1 + Math.floor(MOST_SYLLABLES * dice.uniform())
    return Array.from({ length: syllables }, () => dice.pick(SYLLABLES)).join('')
  })
}
