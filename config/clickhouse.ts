/** The section `clickhouse`: a server, or no analytics; left out = the local engine. */
import { z } from 'zod'
import { environmentName } from './cluster.ts'
import { IDENTIFIER_PATTERN, NAME_LENGTHS } from './names.ts'
import { checkHttpUrl } from './url.ts'

/** The section `clickhouse`. */
export const clickhouse = z.union([
  z.strictObject({
    url: z
      .string()
      .superRefine(checkHttpUrl)
      .describe('Address of the HTTP interface of ClickHouse, e.g. "http://10.0.0.6:8123".'),
    user: z.string().min(1).max(100).default('default').describe('Who signs in; default "default".'),
    passwordEnv: environmentName
      .optional()
      .describe(
        'Name (not value) of the environment variable that holds the password, e.g. CLICKHOUSE_PASSWORD; default: no password.',
      ),
    database: z
      .string()
      .regex(IDENTIFIER_PATTERN, 'a database is named with letters, digits and "_", and no digit first')
      .max(NAME_LENGTHS.database)
      .optional()
      .describe('Database of the tables, made where it is missing; default "ninefold_" and the pipeline.'),
    cluster: z
      .string()
      .regex(
        /^[A-Za-z0-9_.{}-]+$/,
        'only letters, digits, "_", "-", ".", "{" and "}" may be used in a cluster',
      )
      .max(100)
      .optional()
      .describe(
        'Cluster on whose servers the tables are made, as in ON CLUSTER, e.g. "{cluster}"; default: one server.',
      ),
  }),
  z.literal(false),
])
