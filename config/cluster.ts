/** The sections `kafka` and `registry`: where the cluster is, and how it is signed in to. */
import { resolve } from 'node:path'
import { z } from 'zod'
import { COMPRESSIONS } from '../streams/transport/compression.ts'
import { ENVIRONMENT_NAME_PATTERN, NAME_LENGTHS } from './names.ts'
import { secretRef } from './secrets.ts'
import type { Clickhouse, Config, Kafka, KafkaSasl, Registry, SecretRef } from './types.ts'
import { checkHttpUrl } from './url.ts'

const positiveInt = z.int().min(1)
const path = z.string().min(1)

/** The name of an environment variable, as people write them; a secret put here by mistake does not match. */
export const environmentName = z
  .string()
  .regex(ENVIRONMENT_NAME_PATTERN, 'this is not the name of an environment variable in capital letters')

const tls = z.union([
  z.boolean(),
  z
    .strictObject({
      ca: path
        .optional()
        .describe(
          "File with the certificates (PEM) of who signed the brokers'; default: those Node.js trusts.",
        ),
      certificate: path
        .optional()
        .describe('File with the client certificate (PEM); default: none is shown.'),
      key: path.optional().describe("File with the client certificate's private key (PEM)."),
      keyPasswordEnv: environmentName
        .optional()
        .describe('Name of the environment variable that opens the key; default: it is not locked.'),
      keyPasswordFile: path.optional().describe('File that opens the key, in place of the variable.'),
    })
    .refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), {
      message: 'a client certificate and its key go together',
    }),
])

const sasl = z
  .strictObject({
    mechanism: z
      .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
      .describe('How the broker checks the password: plain, scram-sha-256 or scram-sha-512.'),
    username: z.string().min(1).describe('Who signs in.'),
    passwordEnv: environmentName
      .optional()
      .describe('Name (not value) of the environment variable that holds the password, e.g. KAFKA_PASSWORD.'),
    passwordFile: path.optional().describe('File that holds the password, in place of the variable.'),
  })
  .refine(({ passwordEnv, passwordFile }) => (passwordEnv === undefined) !== (passwordFile === undefined), {
    message: 'either `passwordEnv` or `passwordFile` names the place of the password',
  })

/** `kafka:` as it is written. */
export const kafka = z
  .strictObject({
    brokers: z
      .array(
        z.string().regex(/^(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, 'a broker is written host:port'),
      )
      .min(1)
      .optional()
      .describe('List of host:port; default: the local stack.'),
    topicPrefix: z
      .string()
      .regex(/^[A-Za-z0-9._-]*$/, 'only letters, digits, ".", "_" and "-" may be used in topic names')
      .max(NAME_LENGTHS.topicPrefix)
      .default('')
      .describe('Put before every topic and group name as it stands, e.g. "team-a."; default empty.'),
    partitions: positiveInt.max(10_000).default(8).describe('Partitions of every topic; default 8.'),
    replication: positiveInt.max(100).default(1).describe('Copies of every partition; default 1.'),
    compression: z
      .enum(COMPRESSIONS)
      .default('none')
      .describe('How records are packed: none, gzip or zstd; may be changed at any time; default none.'),
    tls: tls
      .default(false)
      .describe('true, or { ca, certificate, key } as files beside this one; default false: not encrypted.'),
    sasl: sasl
      .optional()
      .describe('{ mechanism, username, passwordEnv or passwordFile }; default: nobody signs in.'),
  })
  .refine(({ brokers, tls, sasl }) => brokers !== undefined || (tls === false && sasl === undefined), {
    message: '`tls` and `sasl` belong to `brokers` of your own: the local stack has neither',
  })

/** `registry:` as it is written. */
export const registry = z
  .strictObject({
    url: z.string().superRefine(checkHttpUrl).describe('Address of a Confluent-compatible schema registry.'),
    username: z.string().min(1).optional().describe('Who signs in (HTTP Basic); default: nobody.'),
    passwordEnv: environmentName
      .optional()
      .describe('Name (not value) of the environment variable that holds the password.'),
    passwordFile: path.optional().describe('File that holds the password, in place of the variable.'),
  })
  .refine(
    ({ username, passwordEnv, passwordFile }) =>
      (username === undefined) === (passwordEnv === undefined && passwordFile === undefined) &&
      (passwordEnv === undefined || passwordFile === undefined),
    { message: '`username` goes together with one of `passwordEnv` and `passwordFile`' },
  )

/** The section with defaults filled in. */
export function resolveKafka({ brokers, tls, sasl, ...rest }: z.output<typeof kafka>): Kafka {
  return { ...rest, brokers: brokers ?? null, tls: resolveTls(tls), sasl: sasl ? resolveSasl(sasl) : null }
}

/** The section, or null = the local stack. */
export function resolveRegistry(entry: z.output<typeof registry> | undefined): Registry | null {
  if (entry === undefined) return null
  const { username = null, passwordEnv, passwordFile } = entry
  return { url: entry.url.replace(/\/+$/, ''), username, password: secretRef(passwordEnv, passwordFile) }
}

function resolveTls(entry: z.output<typeof tls>): Kafka['tls'] {
  if (entry === false) return null
  const {
    ca = null,
    certificate = null,
    key = null,
    keyPasswordEnv,
    keyPasswordFile,
  } = entry === true ? {} : entry
  return { ca, certificate, key, keyPassword: secretRef(keyPasswordEnv, keyPasswordFile) }
}

function resolveSasl({ mechanism, username, passwordEnv, passwordFile }: z.output<typeof sasl>): KafkaSasl {
  const password = secretRef(passwordEnv, passwordFile)
  if (password === null) throw new Error('a password without a place was not checked')
  return { mechanism, username, password }
}

/** The same sections with every file's path seen from the configuration's folder. */
export function withAbsoluteFiles<C extends { kafka: Kafka; registry: Registry | null }>(
  config: C,
  folder: string,
): C {
  const at = (file: string | null) => (file === null ? null : resolve(folder, file))
  const secretAt = <R extends SecretRef | null>(ref: R): R =>
    ref !== null && 'file' in ref ? { ...ref, file: resolve(folder, ref.file) } : ref
  const { tls, sasl } = config.kafka
  return {
    ...config,
    kafka: {
      ...config.kafka,
      tls: tls && {
        ca: at(tls.ca),
        certificate: at(tls.certificate),
        key: at(tls.key),
        keyPassword: secretAt(tls.keyPassword),
      },
      sasl: sasl && { ...sasl, password: secretAt(sasl.password) },
    },
    registry: config.registry && { ...config.registry, password: secretAt(config.registry.password) },
  }
}

/** Addresses that containers give in place of the file's, which names them as its own machine sees them. */
const ADDRESS_VARIABLES = {
  brokers: 'NINEFOLD_KAFKA_BROKERS',
  registry: 'NINEFOLD_REGISTRY_URL',
  clickhouse: 'NINEFOLD_CLICKHOUSE_URL',
} as const

type Addressed = Pick<Config, 'kafka' | 'registry' | 'clickhouse' | 'pipeline'>

/** The configuration with the addresses that the environment names; how one signs in stays as it is. */
export function withEnvironmentAddresses<C extends Addressed>(config: C, environment: NodeJS.ProcessEnv): C {
  const brokers = environment[ADDRESS_VARIABLES.brokers]
  const registryUrl = environment[ADDRESS_VARIABLES.registry]
  const clickhouseUrl = environment[ADDRESS_VARIABLES.clickhouse]
  const { kafka, registry, clickhouse } = config
  return {
    ...config,
    kafka: brokers ? { ...kafka, brokers: brokers.split(',').map((broker) => broker.trim()) } : kafka,
    registry: registryUrl ? { username: null, password: null, ...registry, url: registryUrl } : registry,
    clickhouse: clickhouseUrl ? serverAt(clickhouseUrl, clickhouse) : clickhouse,
  }
}

function serverAt(url: string, clickhouse: Clickhouse): Clickhouse {
  if (clickhouse.kind === 'server') return { ...clickhouse, url }
  if (clickhouse.kind === 'off') return clickhouse
  return { ...clickhouse, kind: 'server', url, user: 'default', passwordEnv: null, cluster: null }
}
