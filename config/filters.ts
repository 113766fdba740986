/** The section `filters`: conditions that every record of a dataset meets. */
import { z } from 'zod'
import { NinefoldError } from '../errors.ts'
import { parseFilter } from '../export/filter/parse.ts'

const filter = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    try {
      parseFilter(text, 'the condition')
    } catch (error) {
      if (!(error instanceof NinefoldError)) throw error
      const { message: what, remedy } = error
      context.addIssue({ code: 'custom', message: what, params: { code: 'NF_CONFIG_VALUE', what, remedy } })
    }
  })

/** The section `filters`, each as behind WHERE in SQL. */
export const filtersSection = z.array(filter).max(100)
