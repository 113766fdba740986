import { readFileSync } from 'node:fs'
import { NinefoldError } from '../errors.ts'
import type { Config, SecretRef } from './types.ts'

/**
 * What an environment variable holds, or the file whose path stands in the variable of that name with `_FILE` behind it,
 * as containers hand out secrets; empty when there is neither.
 * @throws {NinefoldError} NF_SECRET_MISSING when that file cannot be read
 */
export function secretOfVariable(name: string, environment: NodeJS.ProcessEnv): string {
  const direct = environment[name]?.trim() ?? ''
  const file = environment[`${name}_FILE`]
  return direct === '' && file ? readSecretFile(file, `the variable ${name}_FILE`).trim() : direct
}

/**
 * The secret a reference of the configuration names.
 * @param owner whose it is, in words, e.g. "Kafka's user ninefold"; stands in the error.
 * @throws {NinefoldError} NF_SECRET_MISSING when the variable is not set, or the file cannot be read or is empty;
 *   names the place, never what is in it.
 */
export function readSecret(
  ref: SecretRef,
  owner: string,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const secret = 'env' in ref ? secretOfVariable(ref.env, environment) : readSecretFile(ref.file, owner)
  if (secret.trim() !== '') return secret.trim()
  const place = 'env' in ref ? `the environment variable ${ref.env}` : ref.file
  throw missing(owner, 'env' in ref ? `${place} is not set` : `${place} is empty`, place)
}

/** Shorter ones are placeholders, and parts of words. */
const SHORTEST_SECRET = 4

/** All secrets a configuration names that are there, so that they can be taken out of texts. */
export function secretsOf(
  { endpoints, kafka, registry, clickhouse }: Config,
  environment: NodeJS.ProcessEnv = process.env,
): string[] {
  const sent = Object.values(endpoints).flatMap(({ headers, query, apiKeyEnv }) => [
    ...[...Object.values(headers), ...Object.values(query)].filter((field) => typeof field === 'object'),
    ...(apiKeyEnv === null ? [] : [{ env: apiKeyEnv }]),
  ])
  const password = clickhouse.kind === 'server' ? clickhouse.passwordEnv : null
  const refs: (SecretRef | null | undefined)[] = [
    ...sent,
    kafka.sasl?.password,
    kafka.tls?.keyPassword,
    registry?.password,
    password === null ? null : { env: password },
  ]
  const secrets = refs.flatMap((ref) => secretIn(ref ?? null, environment) ?? [])
  return [...new Set(secrets)].filter((secret) => secret.length >= SHORTEST_SECRET)
}

function secretIn(ref: SecretRef | null, environment: NodeJS.ProcessEnv): string | null {
  if (ref === null) return null
  try {
    return readSecret(ref, '', environment)
  } catch {
    // What is not there cannot be told.
    return null
  }
}

function readSecretFile(file: string, owner: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason'
    throw missing(owner, `${file} cannot be read (${reason})`, file)
  }
}

function missing(owner: string, what: string, place: string): NinefoldError {
  return new NinefoldError('NF_SECRET_MISSING', `${owner}: ${what}`, `Put the secret into ${place}.`)
}

/** The reference that was written: a variable or a file; null when neither was. */
export function secretRef(env: string | undefined, file: string | undefined): SecretRef | null {
  if (env !== undefined) return { env }
  return file === undefined ? null : { file }
}
