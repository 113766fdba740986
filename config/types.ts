import type { ProcessorPlugin } from '../plugins/define.ts'
import type { Prompts } from '../prompts/prompts.ts'
import type { Compression } from '../streams/transport/compression.ts'
import type { Controls } from './controls.ts'
import type { ExportSettings } from './export.ts'
import type { QuestionSource } from './question-sources.ts'
import type { ScoreSampling } from './score.ts'

/** The paid steps of the pipeline beside generation, each with a model of its own. */
export type Role = 'verify' | 'rank' | 'refine' | 'regenerate' | 'summarize' | 'score'

/** What a budget may set a limit for of its own: all generation together, the judge's controls, or a role. */
export type PaidRole = 'generate' | 'control' | Role

/** A header's or query parameter's value: as it stands, or what an environment variable holds. */
export type SentField = string | { readonly env: string }

/** A server that speaks the OpenAI protocol, and what it may be asked at most. */
export interface Endpoint {
  name: string
  /** Without a trailing slash; never holds credentials. Of a simulated endpoint empty until its simulator runs. */
  baseURL: string
  /** The median delay of its answers, where Ninefold plays the models itself; null = a real server. */
  simulated: { readonly latencyMs: number } | null
  /** Name of the environment variable that holds the key; null = the server wants none. */
  apiKeyEnv: string | null
  /** Calls in flight at the same time, a machine. */
  maxConcurrency: number
  /** null = no limit. */
  requestsPerMinute: number | null
  /** null = no limit. */
  tokensPerMinute: number | null
  /** How long one call may take. */
  timeoutSeconds: number
  /** Sent with every request; names in small letters. */
  headers: Readonly<Record<string, SentField>>
  /** Sent with every request. */
  query: Readonly<Record<string, SentField>>
  /** When a request that keeps failing is given up. */
  giveUp: GiveUp
}

/**
 * A request is given up when it has failed this often while its endpoint answered others; where there are no others
 * to tell, when it has failed this often and for so long.
 */
export interface GiveUp {
  failures: number
  minutes: number
}

/** A model, wherever it is served. */
export interface ModelSpec {
  /** The name used inside the file; no result depends on it. */
  name: string
  /** Names of the endpoints that serve it, each once; no result depends on which of them answers. */
  endpoints: readonly string[]
  /** The model string the endpoints know. */
  model: string
  /**
   * Request parameters sent as they stand. `temperature`, `top_p` and `max_tokens` are never among them (they
   * are resolved into the sampler or role), nor is anything given as null (null = leave out).
   */
  params: Readonly<Record<string, unknown>>
  /** USD per million tokens; null = unknown, which is not the same as free. */
  price: { input: number; output: number } | null
}

/** What a call asks of the sampling; null = leave the parameter out of the request. */
export interface Sampling {
  temperature: number | null
  topP: number | null
  /** Longest answer, in tokens. */
  maxTokens: number | null
  /** Longest answer of the second try after one that was cut, in tokens; null = no second try. */
  retryMaxTokens: number | null
}

/** One path a question: a model at one setting. */
export interface Sampler extends Sampling {
  /** Readable, unique in the file, e.g. `qwen-t0.7`; made of the model's alias, so it may change freely. */
  name: string
  /** Content id: what the path's own id is made of. */
  samplerId: string
  model: ModelSpec
  /** Counts from 1 among the paths drawn at the very same setting. */
  ordinal: number
}

/** Who does one paid step, and how. */
export interface RoleSpec extends Sampling {
  role: Role
  model: ModelSpec
}

/** How many wrong paths put a question into which tier, and what happens while verdicts are missing. */
export interface Triage {
  /** Easy: 0 to this many wrong paths. */
  easyMaxErrors: number
  /** Medium: more than easy, up to this many; difficult: more than this. */
  mediumMaxErrors: number
  missing: 'wait' | 'countAsError' | 'tierOnRest'
  /** Verdicts a question needs before it is decided; the number of samplers unless `tierOnRest`. */
  minVerdicts: number
}

/** How difficult questions are tried again. */
export interface Regenerate {
  tries: number
  showKey: 'never' | 'lastTry' | 'always'
  giveCorrectPath: boolean
}

/** When a step stops rather than turn nearly everything into dead letters. */
export interface LetterLimits {
  /** Of the records finished last, the share that may become dead letters, above 0 up to 1; at 1 a step never stops. */
  maxShare: number
  /** How many records are the last ones. */
  window: number
}

/** Where what the topics hold can be asked in SQL. */
export type Clickhouse =
  /** Nowhere: no engine is started, and nothing is written. */
  { kind: 'off' } | ClickhouseLocal | ClickhouseServer

/** The engine of the local stack. */
export interface ClickhouseLocal {
  kind: 'local'
  database: string
  /** Folder of the tokens it wants (stack/engine-tokens.ts); left out = it wants none, as engines of tests do. */
  tokens?: string
}

/** A ClickHouse server of the user's own. */
export interface ClickhouseServer {
  kind: 'server'
  /** Without a trailing slash; never holds credentials. */
  url: string
  user: string
  /** Name of the environment variable that holds the password; null = none. */
  passwordEnv: string | null
  database: string
  /** As in ON CLUSTER; null = a single server. */
  cluster: string | null
}

/** Where a secret is: configurations name the place and never hold the secret. */
export type SecretRef =
  /** Name of an environment variable. */
  | { env: string }
  /** Path of a file. */
  | { file: string }

/** The cluster that holds the log, and the pipeline's topics on it. */
export interface Kafka {
  /** host:port; null = the local stack. */
  brokers: readonly string[] | null
  topicPrefix: string
  partitions: number
  replication: number
  /** How what is written is packed. */
  compression: Compression
  /** null = not encrypted. */
  tls: KafkaTls | null
  /** null = nobody signs in. */
  sasl: KafkaSasl | null
}

/** How connections to brokers are encrypted; all files are PEM. */
export interface KafkaTls {
  /** Who may have signed the brokers' certificates; null = whom Node.js trusts. */
  ca: string | null
  /** The client's certificate; null = none is shown. */
  certificate: string | null
  /** Its private key; there when the certificate is. */
  key: string | null
  /** What opens the key; null = it is not locked. */
  keyPassword: SecretRef | null
}

/** Who signs in to the brokers, and how the password is checked. */
export interface KafkaSasl {
  mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  username: string
  password: SecretRef
}

/** A schema registry of the user's own. */
export interface Registry {
  /** Without a trailing slash; never holds credentials. */
  url: string
  /** HTTP Basic; null = nobody signs in. */
  username: string | null
  /** There when the user is. */
  password: SecretRef | null
}

/** An address of this machine to listen on; port 0 = any free one. */
export interface MonitorAddress {
  readonly host: string
  readonly port: number
}

/** `ninefold.yaml`, checked, with every default filled in. */
export interface Config {
  pipeline: string
  edition: string
  /** What was set beside the file, each `key=value`. */
  settings: readonly string[]
  endpoints: Record<string, Endpoint>
  models: Record<string, ModelSpec>
  samplers: readonly Sampler[]
  roles: Record<Exclude<Role, 'score'>, RoleSpec> & { score: RoleSpec | null }
  triage: Triage
  regenerate: Regenerate
  verify: { minCharacters: number }
  /** How the judge is controlled; null = not at all. */
  controls: Controls | null
  /** What models are asked with: our words, or those of the section `prompts`. */
  prompts: Prompts
  /** What is scored, where a role scores. */
  score: ScoreSampling
  deadLetters: LetterLimits
  /** Spending stops here, in USD; null = no limit. */
  budgetUsd: number | null
  /** The same for single roles; one that is not named is held by `budgetUsd` alone. */
  roleBudgetsUsd: Readonly<Partial<Record<PaidRole, number>>>
  kafka: Kafka
  /** null = the local stack. */
  registry: Registry | null
  clickhouse: Clickhouse
  /** Where workers serve metrics and health; null = nowhere. */
  monitor: MonitorAddress | null
  /** The question files that `load` and `run` take in. */
  sources: readonly QuestionSource[]
  /** What no export may hold. */
  export: ExportSettings
  /** What every record of the edition's dataset meets; see export/filter. */
  filters: readonly string[]
  dataDir: string
  /** Files of plugged-in processors. */
  processorFiles: readonly string[]
  /** The processors themselves; none until `loadConfig` has imported the files. */
  plugins: readonly ProcessorPlugin[]
}
