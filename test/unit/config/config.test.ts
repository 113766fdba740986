import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../config/config.ts'
import { changed, EXAMPLE, parse, problemOf, SMALL } from './example.ts'

describe('parseConfig', () => {
  it('reads the setting of the paper', () => {
    const config = parse(EXAMPLE)
    expect(config.samplers.map((sampler) => sampler.name)).toEqual([
      ...['qwen-t0.7', 'qwen-t0.9', 'qwen-t1'],
      ...['huatuo-t0.7', 'huatuo-t0.9', 'huatuo-t1'],
      ...['r1-t0.7', 'r1-t0.9', 'r1-t1'],
    ])
    expect(config.samplers[0]).toMatchObject({ temperature: 0.7, topP: 0.9, maxTokens: 8192, ordinal: 1 })
    expect(config.endpoints.lab).toEqual({
      name: 'lab',
      baseURL: 'http://10.0.0.5:8000/v1',
      simulated: null,
      apiKeyEnv: 'LAB_API_KEY',
      maxConcurrency: 256,
      requestsPerMinute: null,
      tokensPerMinute: null,
      timeoutSeconds: 600,
      headers: {},
      query: {},
      giveUp: { failures: 10, minutes: 60 },
    })
    expect(config.roles.rank).toMatchObject({ role: 'rank', temperature: 0, topP: null, maxTokens: 1024 })
    expect(config.roles.score?.model.model).toBe('gpt-4o')
    expect(config.budgetUsd).toBe(500)
  })

  it('fills in every default', () => {
    expect(parse(SMALL)).toMatchObject({
      edition: 'main',
      roles: { score: null },
      regenerate: { tries: 3, showKey: 'lastTry', giveCorrectPath: false },
      verify: { minCharacters: 200 },
      deadLetters: { maxShare: 0.5, window: 100 },
      budgetUsd: null,
      roleBudgetsUsd: {},
      kafka: { brokers: null, topicPrefix: '', partitions: 8, replication: 1, tls: null, sasl: null },
      registry: null,
      clickhouse: { kind: 'local', database: 'ninefold_small' },
      dataDir: '.ninefold',
      models: { a: { params: {}, price: null } },
    })
  })

  it('takes the thresholds of the paper for nine samplers when triage is left out', () => {
    const text = changed(
      EXAMPLE,
      'triage: { easy: { maxErrors: 4 }, medium: { maxErrors: 7 }, missing: wait }\n',
      '',
    )
    expect(parse(text).triage).toEqual({
      easyMaxErrors: 4,
      mediumMaxErrors: 7,
      missing: 'wait',
      minVerdicts: 9,
    })
  })

  it('resolves a parameter that is never sent to null, and does not leave it among the fixed ones', () => {
    const { regenerate } = parse(EXAMPLE).roles
    expect(regenerate.temperature).toBeNull()
    expect(regenerate.model.params).toEqual({ max_completion_tokens: 16384 })
  })

  it("uses a model's own temperature where a role names none", () => {
    const text = changed(SMALL, 'model: model-b', 'model: model-b, params: { temperature: 0.3, seed: 7 }')
    const { refine } = parse(text).roles
    expect(refine.temperature).toBe(0.3)
    expect(refine.model.params).toEqual({ seed: 7 })
  })

  it('carries the name of the edition, and refuses one that cannot be part of a topic name', () => {
    expect(parse(SMALL, 'second-try').edition).toBe('second-try')
    expect(() => parse(SMALL, 'a.b')).toThrow(expect.objectContaining({ code: 'NF_EDITION_NAME' }))
  })

  it('leaves room for the names of topics whatever is combined', () => {
    const prefixed = `${SMALL}kafka: { brokers: ["k:9092"], topicPrefix: "${'x'.repeat(60)}" }\n`
    const longest = changed(prefixed, 'pipeline: small', `pipeline: ${'p'.repeat(80)}`)
    const { kafka, pipeline, edition } = parse(longest, 'e'.repeat(60))
    expect(`${kafka.topicPrefix}${pipeline}.${edition}.triaged-difficult`.length).toBeLessThan(249)
    expect(problemOf(changed(longest, 'pipeline: p', 'pipeline: pp'))).toMatchObject({
      key: 'pipeline',
      line: 1,
    })
  })

  it('follows anchors and aliases', () => {
    const text = changed(
      SMALL,
      'verify: a, rank: a',
      'verify: &judge { model: a, temperature: 0 }, rank: *judge',
    )
    expect(parse(text).roles.rank).toMatchObject({ role: 'rank', temperature: 0 })
  })
})

describe('loadConfig', () => {
  it('makes the data folder absolute, seen from the file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ninefold-config-'))
    try {
      await writeFile(join(folder, 'ninefold.yaml'), SMALL)
      const config = await loadConfig(join(folder, 'ninefold.yaml'))
      expect(config.dataDir).toBe(join(folder, '.ninefold'))
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('says which file is missing', async () => {
    const loading = loadConfig('/nowhere/ninefold.yaml')
    await expect(loading).rejects.toMatchObject({
      code: 'NF_CONFIG_NOT_READABLE',
      message: 'there is no file /nowhere/ninefold.yaml',
    })
  })
})
