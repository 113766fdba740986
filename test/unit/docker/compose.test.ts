/** What can be known of docker-compose.yml and Dockerfile without an engine. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { USUAL_MONITOR } from '../../../config/monitor.ts'
import { serverProperties } from '../../../stack/kafka-config.ts'
import { VERSIONS } from '../../../stack/pom.ts'

interface Service {
  image?: string
  build?: string
  command?: string
  ports?: string[]
  volumes?: string[]
  healthcheck?: { test: string[] }
  depends_on?: Record<string, { condition: string }>
  environment?: Record<string, string | number>
}

const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8')
const compose = parse(read('docker-compose.yml')) as {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}
const services = Object.entries(compose.services)
const servers = services.filter(([, { image }]) => image !== undefined)
const stages = [...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image!)
/** What one machine's containers need otherwise: names, and doors to other containers. */
const OF_THE_MACHINE = /LISTENER|VOTERS|ROLES|NODE_ID|LOG_DIRS/

describe('docker-compose.yml', () => {
  it('has every part of the stack, and workers', () => {
    expect(services.map(([name]) => name)).toEqual(['kafka', 'registry', 'clickhouse', 'worker'])
  })

  it.each(services)('%s publishes ports on loopback only', (_, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  it.each(servers)('%s has a pinned image, a health check, and keeps its data', (_, service) => {
    expect(service.image).toMatch(/:\d+\.\d+/)
    expect(service.healthcheck?.test[0]).toBe('CMD')
    const [volume] = service.volumes![0]!.split(':')
    expect(Object.keys(compose.volumes)).toContain(volume)
  })

  it('lets workers wait until every server answers', () => {
    const healthy = Object.fromEntries(servers.map(([name]) => [name, { condition: 'service_healthy' }]))
    expect(compose.services.worker?.depends_on).toEqual(healthy)
  })

  it('asks workers how they are where they say it', () => {
    const { command, healthcheck } = compose.services.worker!
    expect(command).toBe('run --monitor')
    const { host, port } = USUAL_MONITOR
    expect(healthcheck?.test.at(-1)).toContain(`http://${host}:${port}/healthz`)
  })

  it('runs the versions, and sets what the local stack sets', () => {
    const { kafka, registry } = compose.services
    expect(kafka?.image).toBe(`apache/kafka:${VERSIONS.kafka}`)
    expect(registry?.image).toContain(VERSIONS.registry)
    const ports = { kafka: 9092, controller: 9093, registry: 8081, clickhouse: 8123 }
    const local = serverProperties(ports)
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const)
      .map(([name, value]) => [`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`, value] as const)
      .filter(([name]) => !OF_THE_MACHINE.test(name))
    expect(local.length).toBeGreaterThan(15)
    for (const [name, value] of local) expect(String(kafka?.environment?.[name]), name).toBe(value)
  })
})

describe('Dockerfile', () => {
  it('builds on a pinned Node.js that the package takes', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } }
    const major = engines.node.match(/\d+/)![0]
    expect(stages).toHaveLength(2)
    for (const image of stages) expect(image).toMatch(new RegExp(`^node:${major}\\.\\d+-`))
  })

  it('runs as nobody special, and carries no secret of this machine into the image', () => {
    const lines = read('Dockerfile').split('\n')
    expect(lines.lastIndexOf('USER node')).toBeGreaterThan(
      lines.findLastIndex((line) => line.startsWith('RUN')),
    )
    expect(read('.dockerignore').split('\n')).toEqual(
      expect.arrayContaining(['.env', '.ninefold', 'node_modules']),
    )
  })
})
