/** What stands in a dead letter, and what must not. */
import { describe, expect, it } from 'vitest'
import { secretsOf } from '../../../config/secrets.ts'
import { NinefoldError } from '../../../errors.ts'
import { deadLetterOf } from '../../../streams/dead-letter.ts'
import { RecordError } from '../../../streams/processor.ts'
import { sizeOf } from '../../../streams/transport/transaction.ts'
import { config } from '../../support/records.ts'

const CANARIES = {
  LAB_KEY: 'canary-of-the-lab',
  GATEWAY: 'canary-of-the-gateway',
  KAFKA_PASSWORD: 'canary-of-kafka',
  REGISTRY_PASSWORD: 'canary-of-the-registry',
  CLICKHOUSE_PASSWORD: 'canary-of-clickhouse',
}

/** A configuration with a secret in every place that can name one. */
function secretive() {
  const plain = config()
  return config({
    endpoints: {
      lab: {
        name: 'lab',
        baseURL: 'http://lab/v1',
        simulated: null,
        apiKeyEnv: 'LAB_KEY',
        maxConcurrency: 1,
        requestsPerMinute: null,
        tokensPerMinute: null,
        timeoutSeconds: 1,
        headers: { 'x-gateway': { env: 'GATEWAY' }, plain: 'text' },
        query: {},
        giveUp: { failures: 1, minutes: 1 },
      },
    },
    kafka: {
      ...plain.kafka,
      sasl: { mechanism: 'plain', username: 'u', password: { env: 'KAFKA_PASSWORD' } },
    },
    registry: { url: 'http://registry', username: 'u', password: { env: 'REGISTRY_PASSWORD' } },
    clickhouse: {
      kind: 'server',
      url: 'http://clickhouse',
      user: 'u',
      passwordEnv: 'CLICKHOUSE_PASSWORD',
      database: 'd',
      cluster: null,
    },
  })
}

const all = Object.values(CANARIES).join(' and ')
const record = { topic: 't', partition: 1, offset: 7, key: Buffer.from('q'), value: Buffer.from('v') }
const tried = { groupId: 'g', step: 's', attempts: 1, redrivenFrom: null }

function letterOf(error: unknown, changes: object = {}) {
  const secrets = secretsOf(secretive(), CANARIES)
  return deadLetterOf({ letter: { ...record, ...changes }, error, ...tried, secrets })
}

describe('a dead letter', () => {
  it.each([
    ['a failure of the record', new RecordError('refused', `said ${all}`, `answered ${all}`)],
    ['a failure for the user', new NinefoldError('NF_X', `said ${all}`, `do ${all}`)],
    ['a fault of the program', new TypeError(`said ${all}`)],
    ['anything else', `said ${all}`],
  ])('holds no secret of the configuration: %s', (_, error) => {
    const letter = letterOf(error, { headers: { trace: `t ${all}`, Authorization: 'Bearer foreign' } })
    const text = JSON.stringify({ ...letter, headers: letter.headers.map(({ value }) => value.toString()) })
    for (const canary of Object.values(CANARIES)) expect(text).not.toContain(canary)
    expect(text).not.toContain('foreign')
    expect(letter.message).toContain('***')
  })

  it('takes no placeholder for a secret', () => {
    expect(secretsOf(secretive(), { ...CANARIES, LAB_KEY: 'x' })).not.toContain('x')
    expect(secretsOf(secretive(), {})).toEqual([])
  })

  it('keeps the headers a foreign producer sent, as far as there is room', () => {
    const raw = Buffer.from([0, 255])
    const headers = { trace: raw, many: ['a', Buffer.from('b')], large: 'x'.repeat(20_000) }
    const kept = letterOf(new RecordError('refused', 'no'), { headers }).headers
    expect(kept).toEqual([
      { name: 'trace', value: raw },
      { name: 'many', value: Buffer.from('a') },
      { name: 'many', value: Buffer.from('b') },
    ])
  })

  it('is small enough for a broker, whatever is in it', () => {
    const wide = '\u{4e2d}'
    const letter = letterOf(new RecordError('refused', wide.repeat(9_000), wide.repeat(90_000)), {
      key: Buffer.from('ключ'.repeat(2_048)),
      value: Buffer.alloc(700 * 1024),
      headers: { a: 'x'.repeat(16_000) },
    })
    const texts = Buffer.byteLength(letter.message + (letter.answer ?? ''))
    const headers = letter.headers.reduce((sum, { value }) => sum + value.length, 0)
    const parts = sizeOf(letter) + texts + headers + 2 * Buffer.byteLength(letter.questionId ?? '')
    expect(parts).toBeLessThan(900 * 1024)
  })
})
