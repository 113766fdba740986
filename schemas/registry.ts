/**
 * The schema registry, spoken to through Confluent's API (Apicurio and Confluent both have it). Connecting
 * registers our schema of every topic under a compatibility that lets old and new code read each other's
 * records; an incompatible schema is refused before the first record is written with it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { messageOf, NinefoldError } from '../errors.ts'
import type { AvscRecord } from './avsc-files.ts'
import type { SchemaRegistryPort } from './codec.ts'
import {
  askRegistry,
  REGISTRY_TIMEOUT_MS,
  type RegistryAddress,
  refused,
  registryAddress,
  unreachable,
} from './registry-http.ts'
import { schemaDifferences } from './schema-difference.ts'
import { type ExtraTopic, topicSchemas } from './topic-schemas.ts'
import type { TopicName } from './topics.ts'

/** Where the registry is, and whose topics these are. */
export interface RegistryOptions {
  /** Base URL of the Confluent API, e.g. `http://localhost:8081`. Credentials in it are taken for `auth`. */
  url: string
  auth?: { username: string; password: string }
  /** The full name of a topic, as `topicNames` makes it. */
  topicName: (topic: TopicName) => string
  /** The .avsc files by record name; default: the ones of this folder. */
  schemas?: ReadonlyMap<string, AvscRecord>
  /** Topics beside those of the dataflow. */
  extra?: readonly ExtraTopic[]
}

const COMPATIBILITY_LEVEL = COMPATIBILITY.FULL_TRANSITIVE
const CONFLICT = 409
const REGISTER_TRIES = 3
const REGISTER_PAUSE_MS = 300

/** One registry, by both ways to it: the client, and plain HTTP for what the client has no call for. */
interface Connection {
  readonly address: RegistryAddress
  readonly client: SchemaRegistry
}

/**
 * Registers every topic's value schema (subject `<full topic name>-value`) and gives the ids. Doing it again changes
 * nothing; two processes at once are given the same ids, though a registry may take the one schema for two versions.
 * @throws {NinefoldError} NF_SCHEMA_INCOMPATIBLE with subject, field and difference;
 * NF_REGISTRY_UNREACHABLE; NF_REGISTRY_REFUSED; NF_REGISTRY_URL.
 */
export async function connectRegistry(options: RegistryOptions): Promise<SchemaRegistryPort> {
  const connection = connect(options)
  const schemas = topicSchemas(options)
  const ids = {} as Record<TopicName, number>
  const registerTopic = async ([topic, schema]: [TopicName, AvscRecord]): Promise<void> => {
    ids[topic] = await register(connection, `${options.topicName(topic)}-value`, schema)
  }
  // All are waited for, so that the error is the same at every start: that of the first topic in order.
  const outcomes = await Promise.allSettled([...schemas].map(registerTopic))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  return { idOf: (topic) => ids[topic], schemaById: (id) => schemaById(connection, id) }
}

/** Stands for the ids of our own schemas where nothing is written: no registry gives it. */
const NOT_REGISTERED = -1

/** A registry that is only read: nothing is registered, and all schemas are learnt by the ids in records. */
export function lookUpRegistry(options: Pick<RegistryOptions, 'url' | 'auth'>): SchemaRegistryPort {
  const connection = connect(options)
  return { idOf: () => NOT_REGISTERED, schemaById: (id) => schemaById(connection, id) }
}

/** Schemas as the registry keeps them, out of it and back into it, word for word. */
export interface SchemaStore {
  /** The text of the schema with this id; undefined when there is none. @throws NF_REGISTRY_UNREACHABLE, NF_REGISTRY_REFUSED */
  textOf(id: number): Promise<string | undefined>
  /** Registers a record's schema under a subject, which may be there already. @returns its id. Throws as {@link connectRegistry}. */
  register(subject: string, text: string): Promise<number>
}

/** The registry's schemas by themselves, whoever they are of. */
export function schemaStore(options: Pick<RegistryOptions, 'url' | 'auth'>): SchemaStore {
  const connection = connect(options)
  return {
    async textOf(id) {
      const { body } = await askRegistry(connection.address, 'GET', `/schemas/ids/${id}`)
      const text = (body as { schema?: unknown } | undefined)?.schema
      return typeof text === 'string' ? text : undefined
    },
    register: (subject, text) => register(connection, subject, JSON.parse(text) as AvscRecord, text),
  }
}

function connect(options: Pick<RegistryOptions, 'url' | 'auth'>): Connection {
  const address = registryAddress(options)
  const client = new SchemaRegistry({
    host: address.url,
    auth: address.auth,
    middlewares: [
      () => ({ prepareRequest: async (next) => (await next()).enhance({ timeout: REGISTRY_TIMEOUT_MS }) }),
    ],
  })
  return { address, client }
}

async function register(
  connection: Connection,
  subject: string,
  schema: AvscRecord,
  text = JSON.stringify(schema),
): Promise<number> {
  await requireCompatibility(connection.address, subject)
  const confluentSchema = { type: SchemaType.AVRO as const, schema: text }
  const settings = { subject, compatibility: COMPATIBILITY_LEVEL }
  for (let attempt = 1; ; attempt++) {
    try {
      return (await connection.client.register(confluentSchema, settings)).id
    } catch (error) {
      const differences = statusOf(error) === CONFLICT ? await explain(connection, subject, schema) : []
      if (differences.length > 0) throw incompatible(subject, schema, differences.join('; '), error)
      // Another process registering the same schema at this moment can look like a conflict, too.
      if (attempt === REGISTER_TRIES) throw registrationFailed(connection.address, subject, schema, error)
      await sleep(REGISTER_PAUSE_MS * attempt)
    }
  }
}

/** Sets the level before the first schema is there; reads first, since most starts find it set. */
async function requireCompatibility(address: RegistryAddress, subject: string): Promise<void> {
  const path = `/config/${encodeURIComponent(subject)}`
  const isSet = async (): Promise<boolean> => {
    const { body } = await askRegistry(address, 'GET', path)
    return (body as { compatibilityLevel?: unknown } | undefined)?.compatibilityLevel === COMPATIBILITY_LEVEL
  }
  if (await isSet()) return
  const { status } = await askRegistry(address, 'PUT', path, { compatibility: COMPATIBILITY_LEVEL })
  if (status < 400 || (await isSet())) return
  throw unreachable(address, `setting ${subject} to ${COMPATIBILITY_LEVEL} gave status ${status}`)
}

/** What differs from the newest registered version that our schema cannot live with. */
async function explain(connection: Connection, subject: string, ours: AvscRecord): Promise<string[]> {
  const path = `/subjects/${encodeURIComponent(subject)}/versions`
  const versions = (await askRegistry(connection.address, 'GET', path)).body
  for (const version of (Array.isArray(versions) ? (versions as number[]) : []).toReversed()) {
    const { body } = await askRegistry(connection.address, 'GET', `${path}/${version}`)
    const text = (body as { schema?: unknown } | undefined)?.schema
    if (typeof text !== 'string') continue
    const differences = schemaDifferences(JSON.parse(text) as AvscRecord, ours)
    if (differences.length > 0)
      return differences.map((difference) => `${difference} (since version ${version})`)
  }
  return []
}

async function schemaById(connection: Connection, id: number): Promise<object | undefined> {
  try {
    return JSON.parse(JSON.stringify(await connection.client.getSchema(id))) as object
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw failed(connection.address, error)
  }
}

/** The status a failed call of the client carries; no answer at all is its 400. */
function statusOf(error: unknown): number | undefined {
  const status = (error as { status?: unknown }).status
  return typeof status === 'number' ? status : undefined
}

function failed(address: RegistryAddress, error: unknown): NinefoldError {
  const status = statusOf(error)
  if (status === 401 || status === 403) return refused(address, status)
  return unreachable(address, messageOf(error))
}

function registrationFailed(
  address: RegistryAddress,
  subject: string,
  schema: AvscRecord,
  error: unknown,
): NinefoldError {
  if (statusOf(error) === CONFLICT) return incompatible(subject, schema, messageOf(error), error)
  return failed(address, error)
}

function incompatible(subject: string, schema: AvscRecord, why: string, cause: unknown): NinefoldError {
  return new NinefoldError(
    'NF_SCHEMA_INCOMPATIBLE',
    `subject ${subject} does not take our schema of ${schema.name}: ${why}`,
    'Add fields with a default only, remove only fields that had one, keep types; or start a new edition.',
    { cause },
  )
}
