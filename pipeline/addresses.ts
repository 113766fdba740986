/** Where the cluster and the registry are, and what signs us in: the configured ones, or the local stack. */
import { readFileSync } from 'node:fs'
import type { Config, KafkaSasl, KafkaTls, Registry } from '../config/config.ts'
import { readSecret } from '../config/secrets.ts'
import { NinefoldError } from '../errors.ts'
import type { RegistryAddress } from '../schemas/registry-http.ts'
import type { ComponentName } from '../stack/component.ts'
import { startEngine, startStack } from '../stack/stack.ts'
import { stackStatus } from '../stack/status.ts'
import type { ConnectionOptions } from '../streams/transport/client.ts'

/** What is needed to connect. Holds secrets: it is handed to clients and goes nowhere else. */
export interface Addresses {
  readonly kafka: ConnectionOptions
  readonly registry: RegistryAddress
  /** Of ClickHouse's HTTP interface; null where the configuration wants no analytics. */
  readonly clickhouseUrl: string | null
}

/**
 * Resolves the addresses, and starts what the local stack lacks where it is wanted.
 * @throws {NinefoldError} NF_SECRET_MISSING, NF_TLS_FILE, and what keeps the stack from starting
 */
export async function findAddresses(config: Config, onProgress?: (line: string) => void): Promise<Addresses> {
  const { kafka, registry, dataDir, clickhouse } = config
  const { brokers } = kafka
  if (brokers !== null && registry !== null) {
    return {
      kafka: brokerAddress(brokers, kafka),
      registry: registryAddress(registry),
      clickhouseUrl: await findAnalytics(config, onProgress),
    }
  }
  const stack = await startStack({ dataDir, onProgress, analytics: clickhouse.kind === 'local' })
  return {
    clickhouseUrl: clickhouse.kind === 'server' ? clickhouse.url : stack.clickhouseUrl,
    kafka: brokerAddress(brokers ?? stack.brokers, kafka),
    registry: registry === null ? { url: stack.registryUrl } : registryAddress(registry),
  }
}

/**
 * The same without starting anything; null when a part of the local stack is wanted that does not run.
 * @throws {NinefoldError} NF_SECRET_MISSING, NF_TLS_FILE
 */
export async function runningAddresses({
  kafka,
  registry,
  dataDir,
}: Config): Promise<Pick<Addresses, 'kafka' | 'registry'> | null> {
  const parts = kafka.brokers === null || registry === null ? await stackStatus({ dataDir }) : []
  const runningAt = (name: ComponentName) =>
    parts.find(({ component, state }) => component === name && state === 'running')?.address ?? null
  const brokers = kafka.brokers ?? [runningAt('kafka')].filter((address) => address !== null)
  const registryUrl = runningAt('registry')
  if (brokers.length === 0 || (registry === null && registryUrl === null)) return null
  return {
    kafka: brokerAddress(brokers, kafka),
    registry: registry === null ? { url: registryUrl! } : registryAddress(registry),
  }
}

/**
 * Where analytics are: the configured server, or the local engine, started where it does not run; null where the
 * configuration wants none.
 */
export async function findAnalytics(
  { clickhouse, dataDir }: Pick<Config, 'clickhouse' | 'dataDir'>,
  onProgress?: (line: string) => void,
): Promise<string | null> {
  if (clickhouse.kind === 'off') return null
  return clickhouse.kind === 'server' ? clickhouse.url : startEngine({ dataDir, onProgress })
}

function brokerAddress(
  brokers: readonly string[],
  { compression, tls, sasl }: Config['kafka'],
): ConnectionOptions {
  return {
    brokers,
    compression,
    ssl: tls ? tlsOptions(tls) : undefined,
    sasl: sasl ? signIn(sasl) : undefined,
  }
}

function signIn({ mechanism, username, password }: KafkaSasl): ConnectionOptions['sasl'] {
  const secret = readSecret(password, `the password of Kafka's user ${username} (kafka.sasl)`)
  // Each mechanism by itself: KafkaJS's type is a union of them.
  if (mechanism === 'plain') return { mechanism, username, password: secret }
  if (mechanism === 'scram-sha-256') return { mechanism, username, password: secret }
  return { mechanism, username, password: secret }
}

function tlsOptions({ ca, certificate, key, keyPassword }: KafkaTls): ConnectionOptions['ssl'] {
  return {
    ca: ca === null ? undefined : readPem(ca, 'ca'),
    cert: certificate === null ? undefined : readPem(certificate, 'certificate'),
    key: key === null ? undefined : readPem(key, 'key'),
    passphrase: keyPassword === null ? undefined : readSecret(keyPassword, 'the password of kafka.tls.key'),
  }
}

function readPem(file: string, name: string): string {
  let text = ''
  let fault = 'holds no PEM block ("-----BEGIN …")'
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    fault = `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`
  }
  if (text.includes('-----BEGIN ')) return text
  throw new NinefoldError(
    'NF_TLS_FILE',
    `kafka.tls.${name}: ${file} ${fault}`,
    'Name a file in PEM format, seen from the folder of the configuration. Other formats can be turned into it with openssl.',
  )
}

function registryAddress({ url, username, password }: Registry): RegistryAddress {
  if (username === null || password === null) return { url }
  const secret = readSecret(password, `the password of the registry's user ${username} (registry)`)
  return { url, auth: { username, password: secret } }
}
