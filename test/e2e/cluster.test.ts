/**
 * A cluster as labs run it: TLS with client certificates, SCRAM passwords, a registry that wants one too, and no
 * right but those docs/clusters.md lists. No secret is found anywhere afterwards.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Simulator, startSimulator } from '../../simulate/simulator.ts'
import { stopStack } from '../../stack/stop.ts'
import { TestAuthority } from '../support/certificates.ts'
import { readRights } from '../support/clusters-doc.ts'
import { GuardedRegistry } from '../support/guarded-registry.ts'
import { SecuredKafka } from '../support/secured-kafka.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000
const PASSWORD = 'canary-broker-8c1f2e'
const REGISTRY_PASSWORD = 'canary-registry-55ab0d'
const API_KEY = 'canary-endpoint-91d3c7'
const WRONG = 'canary-wrong-0e4b6a'
const SECRETS = [PASSWORD, REGISTRY_PASSWORD, API_KEY, WRONG]
const PREFIX = 'team-a.'
const DEMO = new URL('../../demo/questions.jsonl', import.meta.url).pathname

describe('a cluster that lets nobody in unasked', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ninefold-secured-'))
  const said: string[] = []
  let authority: TestAuthority
  let kafka: SecuredKafka
  let registry: GuardedRegistry
  let simulator: Simulator
  let workspace: Workspace

  beforeAll(async () => {
    authority = new TestAuthority(folder)
    const users = { ninefold: PASSWORD, stranger: WRONG }
    kafka = await SecuredKafka.start(join(folder, 'kafka'), authority, users)
    await kafka.grant(
      readRights().map((right) => ({ ...right, user: 'ninefold', prefix: `${PREFIX}secured.` })),
    )
    registry = await GuardedRegistry.start(inject('stack').registryUrl, 'schemas', REGISTRY_PASSWORD)
    simulator = await startSimulator({ questions: [DEMO], latency: 0 })
    workspace = new Workspace(config())
    workspace.env = { KAFKA_PASSWORD: PASSWORD, LAB_KEY: API_KEY }
    workspace.write('registry-password', `${REGISTRY_PASSWORD}\n`)
  }, 3 * MINUTES)

  afterAll(async () => {
    if (workspace) await stopStack({ dataDir: join(workspace.folder, '.ninefold') })
    workspace?.[Symbol.dispose]()
    await simulator?.close()
    await registry?.[Symbol.asyncDispose]()
    await kafka?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  function config(kafkaMore: object = {}, registryMore: object = {}): object {
    const { certificate, key } = authority.sign('worker')
    const models = ['sim-qwen', 'sim-verifier', 'sim-strong']
    return {
      pipeline: 'secured',
      endpoints: { sim: { baseURL: `${simulator.url}/v1`, apiKeyEnv: 'LAB_KEY' } },
      models: Object.fromEntries(models.map((model) => [model, { endpoint: 'sim', model }])),
      samplers: [{ model: 'sim-qwen', temperature: [0.7, 0.9, 1] }],
      roles: {
        verify: 'sim-verifier',
        rank: 'sim-verifier',
        refine: 'sim-qwen',
        regenerate: 'sim-strong',
        summarize: 'sim-qwen',
      },
      triage: { easy: { maxErrors: 1 }, medium: { maxErrors: 2 } },
      kafka: {
        brokers: kafka.brokers,
        topicPrefix: PREFIX,
        partitions: 2,
        tls: { ca: authority.ca, certificate, key },
        sasl: { mechanism: 'scram-sha-512', username: 'ninefold', passwordEnv: 'KAFKA_PASSWORD' },
        ...kafkaMore,
      },
      registry: {
        url: registry.url,
        username: 'schemas',
        passwordFile: 'registry-password',
        ...registryMore,
      },
      // Left out: the local engine.
      clickhouse: undefined,
    }
  }

  async function run(...args: string[]) {
    const ended = await workspace.run(...args)
    said.push(ended.stdout, ended.stderr)
    return ended
  }

  /** That a command is refused with this code, and a text that names this. */
  async function refused(code: string, names: string, kafkaMore: object, registryMore: object = {}) {
    workspace.configure(config(kafkaMore, registryMore))
    const ended = await run('audit')
    expect(ended.stderr).toContain(`[${code}]`)
    expect(ended.stderr).toContain(names)
    expect(ended.code).toBe(1)
  }

  it('is worked on with the rights of the docs alone', async () => {
    const lines = readFileSync(DEMO, 'utf8').trimEnd().split('\n').slice(0, 8)
    workspace.write('questions.jsonl', `${lines.join('\n')}\n`)
    for (const command of [['load', 'questions.jsonl'], ['run', '--until-drained'], ['audit'], ['export']]) {
      const { code, stderr } = await run(...command)
      expect(code, stderr).toBe(0)
    }
    expect(readdirSync(join(workspace.folder, 'export'))).toContain('cotmed.jsonl')
  })

  it('is signed in to by PLAIN and SCRAM-SHA-256 as well', async () => {
    for (const mechanism of ['plain', 'scram-sha-256']) {
      const sasl = { mechanism, username: 'ninefold', passwordEnv: 'KAFKA_PASSWORD' }
      workspace.configure(config({ sasl }))
      const { code, stderr } = await run('audit')
      expect(code, stderr).toBe(0)
    }
  })

  it('says which key to mend when it does not let us in', async () => {
    const sasl = { mechanism: 'scram-sha-512', username: 'ninefold', passwordEnv: 'WRONG_PASSWORD' }
    workspace.env.WRONG_PASSWORD = WRONG
    await refused('NF_KAFKA_AUTH', 'kafka.sasl', { sasl })
    await refused('NF_SECRET_MISSING', 'NOT_SET', { sasl: { ...sasl, passwordEnv: 'NOT_SET' } })
    await refused('NF_KAFKA_FORBIDDEN', 'clusters.md', { sasl: { ...sasl, username: 'stranger' } })
    await refused('NF_KAFKA_TLS', 'kafka.tls', { tls: true })
    await refused('NF_KAFKA_TLS', 'kafka.tls', { tls: { ca: new TestAuthority(folder, 'another').ca } })
    await refused('NF_KAFKA_TLS', 'certificate', { tls: { ca: authority.ca } })
    await refused('NF_TLS_FILE', 'nowhere.pem', { tls: { ca: 'nowhere.pem' } })
    await refused('NF_KAFKA_UNREACHABLE', 'kafka.brokers', { brokers: ['127.0.0.1:9'] })
    workspace.write('wrong', WRONG)
    await refused('NF_REGISTRY_REFUSED', 'password', {}, { passwordFile: 'wrong' })
  })

  it('has its secrets in no output, no file, no topic and no table', async () => {
    const tables = await run('sql', '--format', 'TSV', 'SHOW TABLES')
    // These are asked with parameters, and hold nothing that the tables do not.
    const names = tables.stdout
      .trimEnd()
      .split('\n')
      .filter((name) => !['tiers_if', 'lineage'].includes(name))
    expect(names).toContain('completions')
    workspace.write('all.sql', names.map((name) => `SELECT * FROM ${name} FORMAT JSONEachRow;\n`).join(''))
    const rows = await run('sql', '--file', 'all.sql')
    expect(rows.code, rows.stderr).toBe(0)
    expect(rows.stdout.split('\n').length).toBeGreaterThan(100)
    const places = new Map(said.map((text, index) => [`output ${index}`, text]))
    for (const file of readdirSync(join(workspace.folder, '.ninefold'), {
      recursive: true,
      withFileTypes: true,
    })) {
      const path = join(file.parentPath, file.name)
      if (file.isFile()) places.set(path, readFileSync(path, 'latin1'))
    }
    const logs = join(folder, 'kafka', 'data')
    for (const entry of readdirSync(logs, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile() && path.includes(`${PREFIX}secured.`)) places.set(path, readFileSync(path, 'latin1'))
    }
    expect([...places.keys()].filter((path) => path.endsWith('.log')).length).toBeGreaterThan(10)
    for (const [place, text] of places) {
      for (const secret of SECRETS) expect(text.includes(secret), `${secret} in ${place}`).toBe(false)
    }
  })
})
