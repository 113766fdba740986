import { z } from 'zod'
import { clickhouse } from './clickhouse.ts'
import { environmentName, kafka, registry } from './cluster.ts'
import { controls } from './controls.ts'
import { exportSection } from './export.ts'
import { filtersSection } from './filters.ts'
import { monitor } from './monitor.ts'
import { ALIAS_PATTERN, DOTLESS_PATTERN, NAME_LENGTHS } from './names.ts'
import { refuseUnsafeParams } from './params.ts'
import { promptsSection } from './prompts.ts'
import { questionSource } from './question-sources.ts'
import { headers, query } from './request-fields.ts'
import { score } from './score.ts'
import { checkHttpUrl } from './url.ts'

/** Samplers of the paper's setting: 3 models x 3 temperatures (ReasonMed, section 3.2). */
export const PAPER_SAMPLERS = 9
/** Thresholds for nine paths: 0-4 wrong easy, 5-7 medium, 8-9 difficult (ReasonMed, section 3.4). */
export const PAPER_TRIAGE = { easyMaxErrors: 4, mediumMaxErrors: 7 } as const

const ALIAS_RULE = 'letters, digits, ".", "_" and "-", beginning with a letter or digit'
const alias = z
  .string()
  .regex(ALIAS_PATTERN, `only ${ALIAS_RULE} may be used in a name`)
  .max(NAME_LENGTHS.alias)
const temperature = z.number().min(0).max(2)
const positiveInt = z.int().min(1)
const httpUrl = z.string().superRefine(checkHttpUrl)

const topP = z
  .number()
  .gt(0)
  .max(1)
  .optional()
  .describe('Nucleus sampling, above 0 up to 1; default: not sent.')
const maxTokens = positiveInt.optional().describe('Longest answer, in tokens; default: not sent.')
const retryTruncated = z
  .strictObject({ maxTokens: positiveInt.describe('Longest answer of the second try, in tokens.') })
  .optional()
  .describe(
    '{ maxTokens }: an answer that was cut at its limit is asked for once more with this one; default: it stays cut.',
  )

const giveUp = z.strictObject({
  failures: positiveInt
    .default(10)
    .describe(
      'Failures of one request while the endpoint answers others after which it is given up; default 10.',
    ),
  minutes: z
    .number()
    .gt(0)
    .default(60)
    .describe(
      'Where no others are answered: for how long, at least, and as often, it must have failed; in minutes, default 60.',
    ),
})

const endpoint = z.strictObject({
  baseURL: httpUrl
    .optional()
    .describe(
      'Address of an OpenAI-compatible server, e.g. "http://10.0.0.5:8000/v1"; required unless `simulated`.',
    ),
  simulated: z
    .union([
      z.boolean(),
      z.strictObject({
        latencyMs: z
          .number()
          .min(0)
          .max(60_000)
          .describe('Median delay of a simulated answer, in milliseconds.'),
      }),
    ])
    .default(false)
    .describe(
      'true, or { latencyMs }: Ninefold itself plays the models from templates, for a trial; default false.',
    ),
  apiKeyEnv: environmentName
    .optional()
    .describe(
      'Name (not value) of the environment variable that holds the key, e.g. LAB_API_KEY; default: no key.',
    ),
  maxConcurrency: positiveInt
    .default(64)
    .describe(
      'Calls in flight at once, a machine, at most; fewer where the endpoint refuses so many; default 64.',
    ),
  requestsPerMinute: positiveInt.optional().describe('Requests a minute, a machine; default: no limit.'),
  tokensPerMinute: positiveInt.optional().describe('Tokens a minute, a machine; default: no limit.'),
  timeoutSeconds: z
    .number()
    .gt(0)
    .default(600)
    .describe('Longest time for one call, in seconds; default 600.'),
  headers: headers
    .default({})
    .describe(
      'Further headers of every request, e.g. { "api-key": { env: AZURE_OPENAI_API_KEY } }; secrets only as { env: NAME }; default none.',
    ),
  query: query
    .default({})
    .describe(
      'Query parameters of every request, e.g. { api-version: "2024-10-21" }; secrets only as { env: NAME }; default none.',
    ),
  giveUp: giveUp
    .prefault({})
    .describe(
      '{ failures, minutes }: when a request that fails again and again (time-outs, 5xx, broken answers) becomes a dead letter.',
    ),
})

const params = z
  .object({
    temperature: temperature
      .nullable()
      .optional()
      .describe('Where a sampler or role gives none; null = never sent; default: not sent.'),
    top_p: z
      .number()
      .gt(0)
      .max(1)
      .nullable()
      .optional()
      .describe('Nucleus sampling where a sampler or role gives none; null = never sent; default: not sent.'),
    max_tokens: positiveInt
      .nullable()
      .optional()
      .describe('Longest answer, in tokens, where a sampler or role gives none; default: not sent.'),
    max_completion_tokens: positiveInt
      .nullable()
      .optional()
      .describe(
        'Longest answer and thoughts together, in tokens, for models that want it under this name; default: not sent.',
      ),
  })
  .catchall(z.json())
  .superRefine(refuseUnsafeParams)

const price = z.strictObject({
  input: z.number().min(0).describe('USD per million tokens read.'),
  output: z.number().min(0).describe('USD per million tokens written, reasoning included.'),
})

const model = z.strictObject({
  endpoint: z
    .union([alias, z.array(alias).min(1).max(100)])
    .describe('One of the names under `endpoints`, or a list of several that serve this very model.'),
  model: z
    .string()
    .regex(/^\S+$/, 'a model string has no white space and is not empty')
    .max(200)
    .describe('The model string as the endpoint knows it, e.g. gpt-4o-mini.'),
  params: params
    .default({})
    .describe(
      'Further request parameters of this model; null = never send it (e.g. temperature: null); default none.',
    ),
  price: price.optional().describe('{ input, output } in USD per million tokens; default: unknown.'),
})

const sampler = z.strictObject({
  model: alias.describe('One of the names under `models`.'),
  temperature: z
    .union([temperature, z.array(temperature).min(1), z.null()])
    .describe('A number from 0 to 2, a list of them (a sampler each), or null = not sent.'),
  topP,
  maxTokens,
  retryTruncated,
  paths: positiveInt
    .max(100)
    .default(1)
    .describe('How many paths to draw at each setting, 1 to 100; default 1.'),
})

const role = z.union([
  alias,
  z.strictObject({
    model: alias.describe('One of the names under `models`.'),
    temperature: temperature
      .nullable()
      .optional()
      .describe("0 to 2, or null = not sent; default: the model's own."),
    topP,
    maxTokens,
    retryTruncated,
  }),
])

const FORM = 'a name under `models`, or { model, temperature, topP, maxTokens, retryTruncated }'
const roles = z.strictObject({
  verify: role.describe(`Judges each path: ${FORM}.`),
  rank: role.describe(`Ranks the correct paths of easy and medium questions: ${FORM}.`),
  refine: role.describe(`Mends the best paths of medium questions: ${FORM}.`),
  regenerate: role.describe(`Answers difficult questions anew: ${FORM}.`),
  summarize: role.describe(`Writes the summary of each kept path: ${FORM}.`),
  score: role.optional().describe(`Scores a sample of the records: ${FORM}; default: nothing is scored.`),
})

const tier = z.strictObject({
  maxErrors: z.int().min(0).describe('Highest number of wrong paths that still belongs to this tier.'),
})

const triage = z.strictObject({
  easy: tier.optional().describe('{ maxErrors }; default 4 with nine samplers, else required.'),
  medium: tier.optional().describe('{ maxErrors }; default 7 with nine samplers, else required.'),
  missing: z
    .enum(['wait', 'countAsError', 'tierOnRest'])
    .default('wait')
    .describe('What a path without a verdict means: wait, countAsError or tierOnRest; default wait.'),
  minVerdicts: positiveInt
    .optional()
    .describe('With tierOnRest, and only then: verdicts needed to decide, 1 to the number of samplers.'),
})

const regenerate = z.strictObject({
  tries: positiveInt.max(100).default(3).describe('Attempts a difficult question gets; default 3.'),
  showKey: z
    .enum(['never', 'lastTry', 'always'])
    .default('lastTry')
    .describe('When the answer key is shown to the model: never, lastTry or always; default lastTry.'),
  giveCorrectPath: z
    .boolean()
    .default(false)
    .describe('Whether a path judged correct, where one exists, is given along; default false.'),
})

const usd = z.number().gt(0)

const roleBudget = (what: string) =>
  usd.optional().describe(`${what} stops here, in USD; default: the edition's limit alone.`)

const budget = z
  .strictObject({
    usd: usd.optional().describe('Spending on the edition stops here, in USD; default: no limit.'),
    roles: z
      .strictObject({
        generate: roleBudget('Generation, all samplers together,'),
        verify: roleBudget('Verification'),
        control: roleBudget('Control of the judge (`verify.controls`)'),
        rank: roleBudget('Ranking'),
        refine: roleBudget('Refinement'),
        regenerate: roleBudget('Regeneration'),
        summarize: roleBudget('Summarizing'),
        score: roleBudget('Scoring'),
      })
      .optional()
      .describe(
        'Limits of single roles, within `usd`: generate, verify, control, rank, refine, regenerate, summarize, score; default: none.',
      ),
  })
  .refine(({ usd, roles }) => usd !== undefined || Object.values(roles ?? {}).length > 0, {
    error: 'a budget names `usd`, or a limit of a role under `roles`, or both',
  })

/** `ninefold.yaml` as it is written. Unknown keys are refused everywhere but in a model's `params`. */
export const configFile = z.strictObject({
  pipeline: z
    .string()
    .regex(DOTLESS_PATTERN, 'a pipeline is named with letters, digits, "_" and "-", and no dot')
    .max(NAME_LENGTHS.pipeline)
    .describe('Name of the pipeline; every topic and group name begins with it.'),
  endpoints: z.record(alias, endpoint).describe('Servers by name: { baseURL, apiKeyEnv, ... }.'),
  models: z.record(alias, model).describe('Models by name: { endpoint, model, params, price }.'),
  samplers: z
    .array(sampler)
    .min(1)
    .describe('List of { model, temperature, topP, maxTokens, retryTruncated, paths }.'),
  roles: roles.describe(
    'Which model does what: verify, rank, refine, regenerate, summarize, and score if wanted.',
  ),
  triage: triage
    .prefault({})
    .describe('{ easy, medium, missing, minVerdicts }; default 4 and 7 wrong paths of nine.'),
  regenerate: regenerate.prefault({}).describe('{ tries, showKey, giveCorrectPath }.'),
  verify: z
    .strictObject({
      minCharacters: z
        .int()
        .min(0)
        .default(200)
        .describe('Shorter paths are wrong without asking, in characters; default 200.'),
      controls: controls
        .optional()
        .describe(
          '{ every, alarmBelow, file }: puts known-wrong paths before the judge now and then; {} = as usual; default: not at all.',
        ),
    })
    .prefault({})
    .describe('{ minCharacters, controls }.'),
  prompts: promptsSection
    .prefault({})
    .describe(
      'Prompts in words of your own, by name: generate, verify, rank, refine, consistency, regenerate, summarize, score, scoreItem; default: ours.',
    ),
  score: score
    .prefault({})
    .describe(
      '{ share, seed, tiers, sources, pairs }: which records are scored, where `roles.score` is set; scores change no result.',
    ),
  export: exportSection
    .prefault({})
    .describe('{ protected, similarity }: questions that are kept out of every export.'),
  filters: filtersSection
    .default([])
    .describe(
      'Conditions that every record of the dataset meets, as `export --where` takes them, e.g. ["tier != \'difficult\'"]; the others stay in the topics; default none.',
    ),
  deadLetters: z
    .strictObject({
      maxShare: z
        .number()
        .gt(0)
        .max(1)
        .default(0.5)
        .describe(
          'A step stops when more than this share of the records it finished last became dead letters, above 0 up to 1; 1 = it never stops for that; default 0.5.',
        ),
      window: z
        .int()
        .min(10)
        .max(100_000)
        .default(100)
        .describe(
          "How many of a step's last records count; a fifth of so many dead letters are borne in any case; 10 to 100,000, default 100.",
        ),
    })
    .prefault({})
    .describe('{ maxShare, window }: when a step stops rather than give up nearly everything.'),
  budget: budget.optional().describe('{ usd, roles }; default: no limit.'),
  kafka: kafka
    .prefault({})
    .describe(
      '{ brokers, topicPrefix, partitions, replication, compression, tls, sasl }; default: the local stack.',
    ),
  registry: registry
    .optional()
    .describe('{ url, username, passwordEnv or passwordFile }; default: the local stack.'),
  clickhouse: clickhouse
    .optional()
    .describe(
      '{ url, user, passwordEnv, database, cluster } of a ClickHouse server, or false = no analytics; default: the local engine.',
    ),
  monitor: monitor
    .optional()
    .describe(
      '{ port, host }: workers serve /metrics, /healthz and /readyz; {} = at the usual place; default: they do not.',
    ),
  sources: z
    .array(questionSource)
    .max(1_000)
    .default([])
    .describe(
      'List of { path, format, map, indexFrom, source, split, licence, language, labels, limit, sample, seed }: the question files; default: none.',
    ),
  processors: z
    .array(z.string().min(1))
    .max(100)
    .default([])
    .describe('Files of processors of your own, beside this file, e.g. ["./study-level.ts"]; default: none.'),
  data: z
    .string()
    .min(1)
    .default('.ninefold')
    .describe('Folder for local state, beside this file; default .ninefold.'),
})

/** What a configuration file may hold, before defaults are filled in. */
export type ConfigInput = z.input<typeof configFile>
/** The file as read, defaults filled in, names not yet resolved. */
export type ConfigFile = z.output<typeof configFile>
/** One entry under `models`. */
export type ModelEntry = z.output<typeof model>
/** One entry of the list `samplers`. */
export type SamplerEntry = z.output<typeof sampler>
/** One entry under `roles`. */
export type RoleEntry = z.output<typeof role>
/** The section `triage`. */
export type TriageEntry = z.output<typeof triage>
