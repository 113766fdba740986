/** Apicurio Registry: schemas in an H2 database under the data folder, spoken to through Confluent's API. */
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { NinefoldError } from '../errors.ts'
import type { Component, ComponentSettings } from './component.ts'
import { markOf } from './orphans.ts'

/** The base URL of the registry's Confluent-compatible API at this port. */
export function registryUrlAt(port: number): string {
  return `http://127.0.0.1:${port}/apis/ccompat/v7`
}

/**
 * The database, relative to the working folder: an absolute path could hold a `;`, which H2 reads as the
 * beginning of its options. WRITE_DELAY=0 writes at each commit instead of up to half a second later, so that
 * a schema that was acknowledged outlives a kill -9.
 */
const DATABASE_URL = 'jdbc:h2:file:./registry;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE'

/** The registry as a part of the stack. */
export function registryComponent({ dataDir, ports, heapMb }: ComponentSettings): Component {
  const port = ports.registry
  const folder = join(dataDir, 'registry')
  const logFile = join(dataDir, 'logs', 'registry.log')
  return {
    name: 'registry',
    address: registryUrlAt(port),
    dataFolder: folder,
    logFile,
    listens: 'Listening on: ',
    async prepare() {
      mkdirSync(folder, { recursive: true })
    },
    command: async (find) => {
      const programs = await find()
      return {
        command: programs.java,
        args: [
          `-Xmx${heapMb}m`,
          '-XX:+UseSerialGC',
          '-XX:+ExitOnOutOfMemoryError',
          markOf(dataDir),
          '-jar',
          runnerJar(programs.jars),
        ],
        cwd: folder,
        env: {
          QUARKUS_HTTP_HOST: '127.0.0.1',
          QUARKUS_HTTP_PORT: String(port),
          REGISTRY_DATASOURCE_URL: DATABASE_URL,
          AUTH_ENABLED: 'false',
        },
        logFile,
      }
    },
    isReady: () => answersSubjects(port),
  }
}

function runnerJar(folder: string): string {
  const jar = readdirSync(folder).find((name) => name.endsWith('-runner.jar'))
  if (jar) return join(folder, jar)
  throw new NinefoldError(
    'NF_STACK_JARS',
    `The registry's runner jar is missing from ${folder}.`,
    `Delete ${join(folder, '..')} and run "ninefold up" again: it is downloaded anew.`,
  )
}

async function answersSubjects(port: number): Promise<boolean> {
  try {
    const response = await fetch(`${registryUrlAt(port)}/subjects`, { signal: AbortSignal.timeout(2000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
