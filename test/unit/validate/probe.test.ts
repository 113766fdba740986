import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../config/config.ts'
import type { Config, ModelSpec } from '../../../config/types.ts'
import { costOf, endpointFindings, probeAll } from '../../../validate/endpoints.ts'
import type { Probe } from '../../../validate/probe.ts'
import { type Body, refuse, reply, type Script } from '../models/fake-server.ts'
import { startServer } from '../models/start-server.ts'
import { initText } from './folder.ts'

const KEY = 'sk-very-secret-0123456789'
const GOOD = '{"organ":"heart"}'

/** One model for everything, at this address. */
async function configAt(baseURL: string): Promise<Config> {
  const given = { endpoint: 'vllm', url: baseURL, models: 'lab/one', judge: 'lab/one', strong: 'lab/one' }
  const text = (await initText(given)).replace('maxConcurrency: 64', 'apiKeyEnv: LAB_KEY')
  return parseConfig(text, 'ninefold.yaml')
}

async function probed(
  script: Script,
  change: (config: Config) => Config = (config) => config,
): Promise<Probe> {
  const server = await startServer(script)
  const probes = await probeAll(change(await configAt(server.baseURL)), { LAB_KEY: KEY })
  expect(probes).toHaveLength(1)
  return probes[0]!
}

const told = (probe: Probe) => endpointFindings(probe).map(({ level, what }) => `${level}: ${what}`)

describe('a model that can do everything', () => {
  it('gets one call, and is told to', async () => {
    const bodies: Body[] = []
    const probe = await probed((body, response) => {
      bodies.push(body)
      reply(response, { content: GOOD, reasoning_content: 'It is the heart.' })
    })
    expect(bodies).toHaveLength(1)
    expect(bodies[0]).toMatchObject({ model: 'lab/one', max_tokens: 1024 })
    expect(probe).toMatchObject({
      failure: null,
      refused: [],
      form: 'json_schema',
      fits: true,
      reasoning: 'field',
      promptTokens: 10,
      completionTokens: 5,
      costNanoUsd: 0,
    })
    expect(endpointFindings(probe).map(({ level }) => level)).toEqual(['ok'])
  })
})

describe('a model that cannot', () => {
  it.each([
    ['json_schema', 'json_object'],
    ['json_schema json_object', 'prompt'],
  ])('take %s is asked otherwise: %s', async (refused, form) => {
    const probe = await probed((body, response) => {
      const type = body.response_format?.type
      if (type !== undefined && refused.includes(type))
        refuse(response, 400, `response_format ${type} is not supported`)
      else reply(response, GOOD)
    })
    expect(probe).toMatchObject({ failure: null, form, fits: true })
  })

  it('take a temperature is an error: the run would send it', async () => {
    const probe = await probed((body, response) => {
      if ('temperature' in body)
        refuse(response, 400, "Unsupported parameter: 'temperature' is not supported with this model.")
      else reply(response, GOOD)
    })
    expect(probe).toMatchObject({ failure: null, refused: ['temperature'], temperature: null })
    const [, found] = endpointFindings(probe)
    expect(found).toMatchObject({
      level: 'error',
      what: 'local, lab/one does not take temperature, which the configuration sends',
    })
    expect(found?.remedy).toContain('temperature: null')
  })

  it('keep to the shape, or report usage, is warned about', async () => {
    const probe = await probed((_, response) => reply(response, 'The heart, of course.', { usage: null }))
    expect(probe).toMatchObject({ fits: false, promptTokens: null, costNanoUsd: null })
    expect(told(probe).slice(1)).toEqual([
      'warning: local, lab/one: its answer did not have the shape asked for',
      'warning: local, lab/one does not report usage, so costs stay unknown',
    ])
    expect(costOf([probe])).toBeNull()
  })

  it('end in time for its limit is not blamed for the shape', async () => {
    const probe = await probed((_, response) =>
      reply(response, '', { choices: [{ message: { content: '<think>Well' }, finish_reason: 'length' }] }),
    )
    expect(probe).toMatchObject({ fits: null, failure: null })
  })
})

describe('a call that fails', () => {
  const failures: [string, (response: ServerResponse) => void, RegExp][] = [
    ['a refused key', (response) => refuse(response, 401, `Incorrect API key: ${KEY}`), /does not let us in/],
    [
      'an unknown model',
      (response) => refuse(response, 404, 'The model `lab/one` does not exist'),
      /does not exist/,
    ],
    ['a server in trouble', (response) => refuse(response, 503, 'overloaded'), /HTTP 503: overloaded/],
    [
      'no chat completion',
      (response) => void response.end('<html><title>Welcome</title></html>'),
      /JSON|HTML|page/i,
    ],
  ]

  it.each(failures)('%s names endpoint, model and remedy, and never the key', async (_, answer, what) => {
    const probe = await probed((_body, response) => answer(response))
    const [found] = endpointFindings(probe)
    expect(found).toMatchObject({ level: 'error', what: expect.stringMatching(what) })
    expect(found?.what).toMatch(/^lab\/one: .*local/)
    expect(found?.remedy).not.toBe('')
    expect(JSON.stringify([found, probe.failure?.message])).not.toContain(KEY)
    expect(costOf([probe])).toBe(0)
  })

  it('a server that is not there, and a key that is not set, are told as such', async () => {
    const config = await configAt('http://127.0.0.1:9/v1')
    const [gone] = await probeAll(config, { LAB_KEY: KEY })
    expect(told(gone!)[0]).toContain('cannot be reached (ECONNREFUSED)')
    const [keyless] = await probeAll(config, {})
    expect(told(keyless!)[0]).toContain('the environment variable LAB_KEY is not set')
  })
})

describe('several endpoints of one model', () => {
  it('are called each', async () => {
    const servers = await Promise.all([0, 1].map(() => startServer((_, response) => reply(response, GOOD))))
    const config = await configAt(servers[0]!.baseURL)
    const endpoints = ['local', 'spare']
    const served = <T extends { model: ModelSpec }>(one: T): T => ({
      ...one,
      model: { ...one.model, endpoints },
    })
    const { verify, rank, refine, regenerate, summarize } = config.roles
    const local = config.endpoints.local!
    const both: Config = {
      ...config,
      endpoints: { local, spare: { ...local, name: 'spare', baseURL: servers[1]!.baseURL } },
      samplers: config.samplers.map(served),
      roles: {
        verify: served(verify),
        rank: served(rank),
        refine: served(refine),
        regenerate: served(regenerate),
        summarize: served(summarize),
        score: null,
      },
    }
    const probes = await probeAll(both, { LAB_KEY: KEY })
    expect(probes.map(({ endpoint, failure }) => [endpoint, failure])).toEqual([
      ['local', null],
      ['spare', null],
    ])
  })
})

describe('simulated endpoints', () => {
  it('are started for it, and cost nothing', async () => {
    const config = parseConfig(await initText(), 'ninefold.yaml')
    const probes = await probeAll(config, {})
    expect(probes).toHaveLength(6)
    for (const probe of probes)
      expect(probe).toMatchObject({ failure: null, simulated: true, form: 'json_schema', fits: true })
    expect(costOf(probes)).toBe(0)
  })
})
