import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { withEnvironmentAddresses } from '../../../config/cluster.ts'
import { loadConfig, parseConfig } from '../../../config/config.ts'
import { ConfigError } from '../../../config/errors.ts'
import { readSecret } from '../../../config/secrets.ts'
import { EXAMPLE } from './example.ts'

const BROKERS = 'kafka: { brokers: ["b:9093"]'
const folder = mkdtempSync(join(tmpdir(), 'ninefold-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const parse = (more: string) => parseConfig(`${EXAMPLE}\n${more}\n`, 'ninefold.yaml')

function faultOf(more: string): string {
  try {
    parse(more)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'no fault'
}

describe('a cluster of one’s own', () => {
  it('is the local stack unless it is named', () => {
    const { kafka, registry } = parse('')
    expect([kafka.brokers, kafka.tls, kafka.sasl, registry]).toEqual([null, null, null, null])
  })

  it('has TLS by what Node.js trusts, and a password in a variable', () => {
    const sasl = 'sasl: { mechanism: plain, username: me, passwordEnv: KAFKA_PASSWORD }'
    const { kafka } = parse(`${BROKERS}, tls: true, ${sasl} }`)
    expect(kafka.tls).toEqual({ ca: null, certificate: null, key: null, keyPassword: null })
    expect(kafka.sasl).toEqual({ mechanism: 'plain', username: 'me', password: { env: 'KAFKA_PASSWORD' } })
  })

  it('finds files beside the configuration', async () => {
    const file = join(folder, 'ninefold.yaml')
    const tls = 'tls: { ca: ca.pem, certificate: certs/me.pem, key: /keys/me.key, keyPasswordFile: pass }'
    const registry = 'registry: { url: "http://r:8081/", username: me, passwordFile: secrets/registry }'
    writeFileSync(file, `${EXAMPLE}\n${BROKERS}, ${tls} }\n${registry}\n`)
    const config = await loadConfig(file)
    expect(config.kafka.tls).toEqual({
      ca: join(folder, 'ca.pem'),
      certificate: join(folder, 'certs/me.pem'),
      key: '/keys/me.key',
      keyPassword: { file: join(folder, 'pass') },
    })
    const password = { file: join(folder, 'secrets/registry') }
    expect(config.registry).toEqual({ url: 'http://r:8081', username: 'me', password })
  })

  it.each([
    ['a certificate without its key', `${BROKERS}, tls: { certificate: c.pem } }`, 'go together'],
    ['no place of the password', `${BROKERS}, sasl: { mechanism: plain, username: me } }`, 'passwordFile'],
    ['sasl for the local stack', 'kafka: { tls: true }', 'local stack'],
    ['a registry’s user without a password', 'registry: { url: "http://r", username: me }', 'passwordEnv'],
    [
      'an unknown mechanism',
      `${BROKERS}, sasl: { mechanism: oauth, username: me, passwordEnv: A } }`,
      'scram-sha-512',
    ],
  ])('refuses %s', (_, text, says) => {
    expect(faultOf(text)).toContain(says)
  })

  it.each([
    ['kafka', `${BROKERS}, sasl: { mechanism: plain, username: me, password: s3cr3t-canary } }`],
    ['registry', 'registry: { url: "http://r", username: me, password: s3cr3t-canary }'],
    [
      'a variable’s name',
      `${BROKERS}, sasl: { mechanism: plain, username: me, passwordEnv: s3cr3t-canary } }`,
    ],
  ])('refuses a secret in %s without showing it', (_, text) => {
    const fault = faultOf(text)
    expect(fault).toContain('passwordEnv')
    expect(fault).not.toContain('s3cr3t')
  })
})

describe('addresses in the environment', () => {
  const environment = {
    NINEFOLD_KAFKA_BROKERS: 'kafka-1:19092, kafka-2:19092',
    NINEFOLD_REGISTRY_URL: 'http://registry:8080/apis/ccompat/v7',
    NINEFOLD_CLICKHOUSE_URL: 'http://clickhouse:8123',
  }

  it('take the place of the file’s', () => {
    const config = withEnvironmentAddresses(parse(''), environment)
    expect(config.kafka.brokers).toEqual(['kafka-1:19092', 'kafka-2:19092'])
    expect(config.registry).toEqual({
      url: environment.NINEFOLD_REGISTRY_URL,
      username: null,
      password: null,
    })
    expect(config.clickhouse).toMatchObject({ kind: 'server', url: environment.NINEFOLD_CLICKHOUSE_URL })
  })

  it('leave how one signs in, and analytics that are off, as they are', () => {
    const registry = 'registry: { url: "http://r", username: me, passwordEnv: A }'
    const config = withEnvironmentAddresses(parse(`${registry}\nclickhouse: false`), environment)
    expect(config.registry).toMatchObject({ username: 'me', password: { env: 'A' } })
    expect(config.clickhouse).toEqual({ kind: 'off' })
  })

  it('change nothing when there are none', () => {
    const config = parse('')
    expect(withEnvironmentAddresses(config, {})).toEqual(config)
  })
})

describe('readSecret', () => {
  const fault = (read: () => string): string => {
    try {
      return read()
    } catch (error) {
      return (error as Error).message
    }
  }

  it('reads variables and files, without the end of line an editor puts there', () => {
    const file = join(folder, 'secret')
    writeFileSync(file, 'from a file\n')
    expect(readSecret({ file }, 'x')).toBe('from a file')
    expect(readSecret({ env: 'A' }, 'x', { A: 'from a variable' })).toBe('from a variable')
  })

  it('reads the file that a variable with _FILE behind its name leads to', () => {
    const file = join(folder, 'handed-out')
    writeFileSync(file, 'from the container\n')
    expect(readSecret({ env: 'A' }, 'x', { A_FILE: file })).toBe('from the container')
    expect(readSecret({ env: 'A' }, 'x', { A: 'set', A_FILE: file })).toBe('set')
    expect(fault(() => readSecret({ env: 'A' }, 'x', { A_FILE: join(folder, 'none') }))).toContain('A_FILE')
  })

  it('names the place of one that is missing', () => {
    const file = join(folder, 'empty')
    writeFileSync(file, '\n')
    expect(fault(() => readSecret({ env: 'A' }, 'the broker', {}))).toBe(
      'the broker: the environment variable A is not set',
    )
    expect(fault(() => readSecret({ file }, 'the broker'))).toContain('is empty')
    expect(fault(() => readSecret({ file: join(folder, 'none') }, 'the broker'))).toContain('ENOENT')
  })
})
