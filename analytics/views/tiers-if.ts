import { tiersOfFewerPaths } from './tiers-of-fewer-paths.ts'
import type { View } from './view.ts'

/** Tiers under other limits, before anything is run again. */
export const tiersIf: View = {
  name: 'tiers_if',
  comment:
    'To be asked with parameters, as in SELECT * FROM tiers_if(paths = 9, easy = 3, medium = 6): how many questions would be easy, medium and difficult with so many paths a question and so many errors at most in a tier. With all paths that were drawn the counts are exact, with fewer they are expectations over all choices.',
  select: `
SELECT edition, paths, easy_max_errors, medium_max_errors, easy, medium, difficult
FROM ${tiersOfFewerPaths('[{paths:UInt32}]', 'toInt64({easy:UInt32})', 'toInt64({medium:UInt32})')}
ORDER BY edition`,
}
