import type { Section } from '../section.ts'
import { tableOf } from '../table.ts'

/** Whether another verifier would have said the same. */
export const verifiers: Section = {
  name: 'verifiers',
  title: 'The verifier beside those of other editions',
  why: 'Says how far another verifier agrees on the same paths, for what one judge alone says cannot be doubted (the verifier of ReasonMed, Figure 3, which the paper does not check).',
  select: `SELECT other, verifier, other_verifier, paths, share_same, compared, share_agreed, kappa, only_correct, only_error
FROM verifier_agreement
WHERE edition IN (SELECT owner FROM edition_topics WHERE edition = {edition:String} AND topic = 'verdicts')
ORDER BY other, verifier, other_verifier`,
  missing: 'No other edition has judged the same paths: `ninefold replay --from raw-paths` makes one.',
  table: tableOf([
    ['edition', 'text', 'other'],
    ['verifier', 'text', 'verifier'],
    ['beside', 'text', 'other_verifier'],
    ['paths', 'count', 'paths'],
    ['same judgement, %', 'percent', 'share_same'],
    ['both asked', 'count', 'compared'],
    ['agreed, %', 'percent', 'share_agreed'],
    ['kappa', 'number', 'kappa'],
    ['only here Correct', 'count', 'only_correct'],
    ['only here Error', 'count', 'only_error'],
  ]),
}
