/** Apache Kafka: one node that is broker and controller, on loopback, formatted once. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { messageOf, NinefoldError } from '../errors.ts'
import { answersMetadata } from './broker-probe.ts'
import type { Component, ComponentSettings, Programs } from './component.ts'
import { log4jProperties, serverProperties } from './kafka-config.ts'
import { markOf } from './orphans.ts'

/** Kafka as a part of the stack. */
export function kafkaComponent({ dataDir, ports, heapMb }: ComponentSettings): Component {
  const folder = join(dataDir, 'kafka')
  const logFile = join(dataDir, 'logs', 'kafka.log')
  const address = `127.0.0.1:${ports.kafka}`
  return {
    name: 'kafka',
    address,
    dataFolder: folder,
    logFile,
    listens: 'Kafka Server started',
    async prepare(programs) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'server.properties'), serverProperties(ports))
      writeFileSync(join(folder, 'log4j2.properties'), log4jProperties())
      if (!existsSync(join(folder, 'data', 'meta.properties'))) await format(folder, await programs())
    },
    command: async (find) => {
      const programs = await find()
      return {
        command: programs.java,
        args: [
          `-Xmx${heapMb}m`,
          '-XX:+UseG1GC',
          '-XX:+ExitOnOutOfMemoryError',
          ...javaArguments(programs),
          markOf(dataDir),
          'kafka.Kafka',
          'server.properties',
        ],
        cwd: folder,
        logFile,
      }
    },
    isReady: () => answersMetadata(ports.kafka),
  }
}

function javaArguments({ jars }: Programs): string[] {
  return ['-cp', join(jars, '*'), '-Dlog4j2.configurationFile=log4j2.properties', '-Djava.awt.headless=true']
}

/** Formats the storage. The tool writes `meta.properties` last, so a format cut short is simply done again. */
async function format(folder: string, programs: Programs): Promise<void> {
  const tool = ['kafka.tools.StorageTool', 'format', '--ignore-formatted', '--config', 'server.properties']
  const args = [...javaArguments(programs), ...tool, '--cluster-id', newClusterId()]
  try {
    await promisify(execFile)(programs.java, args, { cwd: folder })
  } catch (error) {
    throw new NinefoldError(
      'NF_STACK_FORMAT',
      `Kafka's storage in ${folder} could not be formatted: ${messageOf(error)}`,
      'Check that the folder can be written and the disk is not full, then run "ninefold up" again.',
      { cause: error },
    )
  }
}

/** A Kafka UUID: 16 random bytes in URL-safe base64, never with a dash first (it would read as an option). */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? newClusterId() : id
}
