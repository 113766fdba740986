/** Whether Kafka and the schema registry can be reached, and whether the edition may go on. Nothing is started. */
import { openAnalytics, passwordOf } from '../analytics/client.ts'
import { explainFailure } from '../analytics/failure.ts'
import { editionOf } from '../config/edition.ts'
import type { Config } from '../config/types.ts'
import { runningAddresses } from '../pipeline/addresses.ts'
import { findEdition } from '../pipeline/editions.ts'
import { createCodec } from '../schemas/codec.ts'
import { lookUpRegistry } from '../schemas/registry.ts'
import { askRegistry, type RegistryAddress, registryAddress } from '../schemas/registry-http.ts'
import { editionTopics } from '../streams/edition-topics.ts'
import { silentLog } from '../streams/log.ts'
import { KafkaClient } from '../streams/transport/client.ts'
import { TopicReader } from '../streams/transport/reader.ts'
import { UnreadableRecords } from '../streams/unreadable.ts'
import { type Finding, faultsOf, fine, warning } from './finding.ts'

const ANALYTICS_TIMEOUT_MS = 10_000

/** Looks at the configured cluster and analytics; of the local stack only at what runs. */
export async function clusterFindings(config: Config): Promise<Finding[]> {
  return [...(await logFindings(config)), ...(await analyticsFindings(config))]
}

async function logFindings(config: Config): Promise<Finding[]> {
  try {
    const running = await runningAddresses(config)
    if (running === null) {
      return [fine('cluster', 'the local stack does not run; the next command that needs it starts it')]
    }
    const { kafka, registry } = running
    const client = await KafkaClient.connect(kafka, silentLog)
    try {
      const topics = await client.listTopics()
      const address = registryAddress(registry)
      await askRegistry(address, 'GET', '/subjects')
      const found = fine(
        'cluster',
        `${kafka.brokers.join(', ')} and the registry at ${address.url} answer; ${topics.length} topics`,
      )
      return [found, await editionFinding(config, client, address)]
    } finally {
      await client.close()
    }
  } catch (error) {
    return faultsOf('cluster', error)
  }
}

/** Whether the configured ClickHouse answers, and lets us in. */
async function analyticsFindings(config: Config): Promise<Finding[]> {
  const { clickhouse } = config
  if (clickhouse.kind !== 'server') return []
  try {
    // The pipeline's own database may not be there yet.
    const client = openAnalytics(config, clickhouse.url, {
      database: 'default',
      timeoutMs: ANALYTICS_TIMEOUT_MS,
    })
    try {
      const result = await client.query({ query: 'SELECT version()', format: 'TabSeparated' })
      return [fine('cluster', `ClickHouse ${(await result.text()).trim()} answers at ${clickhouse.url}`)]
    } catch (error) {
      throw explainFailure(error, { url: clickhouse.url, password: passwordOf(clickhouse) })
    } finally {
      await client.close()
    }
  } catch (error) {
    return faultsOf('cluster', error)
  }
}

/** Whether `run` would go on with the edition, or refuse because it was begun with other settings. */
async function editionFinding(
  config: Config,
  client: KafkaClient,
  address: RegistryAddress,
): Promise<Finding> {
  const codec = createCodec(lookUpRegistry(address))
  const topic = editionTopics(config, null)('editions')
  const reader = new TopicReader(client)
  const recorded = await findEdition({ client, reader, codec, unreadable: new UnreadableRecords() }, topic)
  if (recorded === null) return fine('cluster', `edition ${config.edition} has not run yet`)
  if (recorded.hash === editionOf(config).hash) {
    return fine('cluster', `edition ${config.edition} has run with these settings`)
  }
  return warning(
    'cluster',
    `edition ${config.edition} has run with other settings: \`run\` will refuse these`,
    'Change them back, or run them as an edition of its own with --edition NAME.',
  )
}
