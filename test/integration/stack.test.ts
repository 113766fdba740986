/** The local stack as its user knows it: started, killed, started again, stopped, and nothing lost. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readToken, tokenFolder } from '../../stack/engine-tokens.ts'
import { choosePort } from '../../stack/ports.ts'
import { type Stack, startStack } from '../../stack/stack.ts'
import { readState } from '../../stack/state.ts'
import { stackStatus } from '../../stack/status.ts'
import { stopStack } from '../../stack/stop.ts'
import { kafkajs } from '../../streams/transport/kafkajs.ts'

const MINUTES = 60_000
const folders: string[] = []

function newDataDir(): string {
  // With what a careless configuration would trip over: a space, a comma, a semicolon, beyond Latin-1.
  const folder = mkdtempSync(join(tmpdir(), 'ninefold stack, ö;→ '))
  folders.push(folder)
  return folder
}

afterAll(async () => {
  for (const dataDir of folders) {
    await stopStack({ dataDir, graceMs: 5000 })
    rmSync(dataDir, { recursive: true, force: true })
  }
}, MINUTES)

function client({ brokers }: Stack) {
  return new kafkajs.Kafka({ clientId: 'stack-test', brokers, logLevel: kafkajs.logLevel.NOTHING })
}

async function produce(stack: Stack, topic: string, values: string[]): Promise<void> {
  const admin = client(stack).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true })
  await admin.disconnect()
  const producer = client(stack).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  await producer.send({ topic, acks: -1, messages: values.map((value) => ({ key: 'k', value })) })
  await producer.disconnect()
}

async function consume(stack: Stack, topic: string, count: number): Promise<string[]> {
  const consumer = client(stack).consumer({ groupId: `read-${topic}-${Date.now()}` })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const values: string[] = []
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
      values.push(String(message.value))
      if (values.length === count) resolve()
    }
    consumer.run({ eachMessage }).catch(reject)
  })
  await consumer.disconnect()
  return values
}

const SCHEMA = JSON.stringify({ type: 'record', name: 'Probe', fields: [{ name: 'id', type: 'string' }] })

async function registerSchema({ registryUrl }: Stack): Promise<number> {
  const response = await fetch(`${registryUrl}/subjects/probe-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: SCHEMA }),
  })
  expect(response.status).toBe(200)
  return ((await response.json()) as { id: number }).id
}

/** ClickHouse's answer. */
async function ask({ clickhouseUrl, dataDir }: Stack, query: string): Promise<string> {
  const headers = { 'X-ClickHouse-Key': readToken(tokenFolder(dataDir), 'owner')! }
  const response = await fetch(clickhouseUrl!, { method: 'POST', body: query, headers })
  const text = await response.text()
  expect(response.status, text).toBe(200)
  return text
}

async function readSchema({ registryUrl }: Stack, id: number): Promise<unknown> {
  const response = await fetch(`${registryUrl}/schemas/ids/${id}`)
  return JSON.parse(((await response.json()) as { schema: string }).schema)
}

const portOf = (stack: Stack) => Number(stack.brokers[0]!.split(':')[1])

describe('a local stack', () => {
  const dataDir = newDataDir()
  let stack: Stack
  let schemaId: number

  beforeAll(async () => {
    stack = await startStack({ dataDir, ephemeral: true })
    await produce(stack, 'kept', ['one', 'two', 'three'])
    schemaId = await registerSchema(stack)
    await ask(stack, 'CREATE TABLE kept (word String) ENGINE = MergeTree ORDER BY word')
    await ask(stack, "INSERT INTO kept VALUES ('one'), ('two'), ('three')")
  }, 10 * MINUTES)

  async function expectData(at: Stack): Promise<void> {
    expect(await ask(at, 'SELECT word FROM kept ORDER BY word')).toBe('one\nthree\ntwo\n')
    expect(await consume(at, 'kept', 3)).toEqual(['one', 'two', 'three'])
    expect(await readSchema(at, schemaId)).toEqual(JSON.parse(SCHEMA))
  }

  it('is used as it is when it runs', async () => {
    expect(await startStack({ dataDir, ephemeral: true })).toEqual(stack)
  })

  it(
    'comes back with its data, at its address, after a kill -9 of all',
    async () => {
      process.kill(stack.pids.kafka, 'SIGKILL')
      process.kill(stack.pids.registry, 'SIGKILL')
      process.kill(stack.pids.clickhouse!, 'SIGKILL')
      const again = await startStack({ dataDir, ephemeral: true })
      expect(again.pids.kafka).not.toBe(stack.pids.kafka)
      expect({ ...again, pids: null }).toEqual({ ...stack, pids: null })
      await expectData(again)
      stack = again
    },
    3 * MINUTES,
  )

  it(
    'starts only the part that died',
    async () => {
      process.kill(stack.pids.registry, 'SIGKILL')
      const again = await startStack({ dataDir, ephemeral: true })
      expect(again.pids.kafka).toBe(stack.pids.kafka)
      expect(again.pids.registry).not.toBe(stack.pids.registry)
      expect(await readSchema(again, schemaId)).toEqual(JSON.parse(SCHEMA))
      stack = again
    },
    3 * MINUTES,
  )

  it('tells its state', async () => {
    const parts = await stackStatus({ dataDir })
    expect(parts.map(({ component, state, address, pid }) => ({ component, state, address, pid }))).toEqual([
      { component: 'kafka', state: 'running', address: stack.brokers[0], pid: stack.pids.kafka },
      { component: 'registry', state: 'running', address: stack.registryUrl, pid: stack.pids.registry },
      { component: 'clickhouse', state: 'running', address: stack.clickhouseUrl, pid: stack.pids.clickhouse },
    ])
    for (const { log } of parts) expect(readFileSync(log, 'utf8')).not.toBe('')
  })

  it(
    'starts once when two start it at the same moment, and finds what its state has forgotten',
    async () => {
      rmSync(join(dataDir, 'stack.json'))
      const [one, two] = await Promise.all([
        startStack({ dataDir, ephemeral: true }),
        startStack({ dataDir, ephemeral: true }),
      ])
      expect(one).toEqual(two)
      for (const pid of Object.values(stack.pids)) expect(() => process.kill(pid!, 0)).toThrow()
      await expectData(one!)
      stack = one!
    },
    3 * MINUTES,
  )

  it(
    'stops in good order, and starts with its data under a changed controller port',
    async () => {
      const before = readState(dataDir).ports
      const report = await stopStack({ dataDir })
      expect(report.kafka).toEqual({ outcome: 'stopped', pid: stack.pids.kafka })
      expect(report.registry).toEqual({ outcome: 'stopped', pid: stack.pids.registry })
      expect(report.clickhouse).toEqual({ outcome: 'stopped', pid: stack.pids.clickhouse })
      expect((await stackStatus({ dataDir })).map(({ state }) => state)).toEqual([
        'stopped',
        'stopped',
        'stopped',
      ])
      const controller = await choosePort([], new Set(Object.values(before)))
      stack = await startStack({ dataDir, ephemeral: true, ports: { controller } })
      expect(readState(dataDir).ports).toEqual({ ...before, controller })
      await expectData(stack)
    },
    3 * MINUTES,
  )

  it(
    'moves, advertised address and all, when its port was taken meanwhile',
    async () => {
      await stopStack({ dataDir })
      const taken = portOf(stack)
      const squatter = await listenAt(taken)
      try {
        const moved = await startStack({ dataDir, ephemeral: true })
        expect(portOf(moved)).not.toBe(taken)
        await expectData(moved)
        stack = moved
      } finally {
        squatter.close()
      }
    },
    3 * MINUTES,
  )
})

function listenAt(port: number): Promise<Server> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

it(
  'two stacks that are started at the same moment, and want the same ports, are two',
  async () => {
    const port = () => choosePort([], new Set())
    const ports = {
      kafka: await port(),
      controller: await port(),
      registry: await port(),
      clickhouse: await port(),
    }
    const stacks = await Promise.all(
      Array.from({ length: 2 }, () => startStack({ dataDir: newDataDir(), ephemeral: true, ports })),
    )
    for (const stack of stacks) {
      expect(await ask(stack, 'SELECT 1')).toBe('1\n')
      expect((await stackStatus(stack)).map(({ state }) => state)).toEqual(['running', 'running', 'running'])
      await produce(stack, 'own', ['one'])
      await stopStack(stack)
    }
    const addresses = stacks.flatMap(({ brokers, registryUrl, clickhouseUrl }) => [
      ...brokers,
      registryUrl,
      clickhouseUrl,
    ])
    expect(new Set(addresses).size).toBe(6)
  },
  5 * MINUTES,
)

describe('a start that fails', () => {
  const { JAVA_HOME } = process.env
  afterEach(() => {
    if (JAVA_HOME === undefined) delete process.env.JAVA_HOME
    else process.env.JAVA_HOME = JAVA_HOME
  })

  it(
    'shows the end of the log, and where the log is',
    async () => {
      const dataDir = newDataDir()
      // A heap this small ends the JVM before its first line of Java.
      const failed = startStack({ dataDir, ephemeral: true, heapMb: { registry: 1, kafka: 256 } })
      await expect(failed).rejects.toMatchObject({
        code: 'NF_STACK_NOT_READY',
        message: expect.stringMatching(/registry ended while it was starting.*registry\.log:\n.*heap/s),
      })
    },
    3 * MINUTES,
  )
})

describe('a command that ends', () => {
  it(
    'leaves its stack running',
    async () => {
      const dataDir = newDataDir()
      const module = new URL('../../stack/stack.ts', import.meta.url).href
      const port = () => choosePort([], new Set())
      const ports = { kafka: await port(), controller: await port(), registry: await port() }
      const options = JSON.stringify({ dataDir, ports: { ...ports, clickhouse: await port() } })
      const script = `const { startStack } = await import('${module}'); await startStack(${options})`
      const command = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' })
      let printed = ''
      command.stderr.on('data', (chunk) => {
        printed += chunk
      })
      const code = await new Promise((resolve) => command.once('close', resolve))
      expect([code, printed]).toEqual([0, ''])
      expect((await stackStatus({ dataDir })).map(({ state }) => state)).toEqual([
        'running',
        'running',
        'running',
      ])
    },
    3 * MINUTES,
  )
})
