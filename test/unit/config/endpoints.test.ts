import { describe, expect, it } from 'vitest'
import { diffEditions, editionOf } from '../../../config/edition.ts'
import { changed, parse, problemOf, SMALL } from './example.ts'

const withEndpoint = (options: string) => changed(SMALL, '/v1" }', `/v1", ${options} }`)

describe('headers and query parameters', () => {
  it('are read, and headers have their names in small letters', () => {
    const { lab } = parse(
      withEndpoint(
        'headers: { Api-Key: { env: AZURE_KEY }, X-Title: mine }, query: { api-version: "2024-10-21" }',
      ),
    ).endpoints
    expect(lab).toMatchObject({
      headers: { 'api-key': { env: 'AZURE_KEY' }, 'x-title': 'mine' },
      query: { 'api-version': '2024-10-21' },
    })
  })

  it.each([
    ['headers: { api-key: abc }', 'endpoints.lab.headers.api-key'],
    ['headers: { Authorization: "Bearer abc" }', 'endpoints.lab.headers.Authorization'],
    ['headers: { Ocp-Apim-Subscription-Key: abc }', 'endpoints.lab.headers.Ocp-Apim-Subscription-Key'],
    ['headers: { X-Mine: "sk-abcdefgh1234" }', 'endpoints.lab.headers.X-Mine'],
    ['query: { sig: abc }', 'endpoints.lab.query.sig'],
    ['query: { access_token: abc }', 'endpoints.lab.query.access_token'],
  ])('never hold a secret: %s', (options, key) => {
    const problem = problemOf(withEndpoint(options))
    expect(problem).toMatchObject({
      code: 'NF_CONFIG_SECRET',
      key,
      remedy: expect.stringContaining('env: NAME'),
    })
    expect(JSON.stringify(problem)).not.toContain('abc')
  })

  it.each([
    ['headers: { Content-Type: text/plain }', 'is set by Ninefold for every request'],
    ['headers: { "a b": c }', 'this is not the name of a header'],
    ['headers: { x-a: "one\\ntwo" }', 'one line of plain characters'],
    ['headers: { x-a: { env: lower } }', 'environment variable in capital letters'],
    ['headers: { x-a: 7 }', 'expected text or a mapping'],
  ])('are what can be sent: %s', (options, what) => {
    expect(problemOf(withEndpoint(options)).what).toContain(what)
  })
})

describe('several endpoints of a model', () => {
  const two = changed(SMALL, '  lab:', '  lab2: { baseURL: "http://localhost:8001/v1" }\n  lab:')
  const listed = (list: string) =>
    changed(two, 'endpoint: lab, model: model-a', `endpoint: ${list}, model: model-a`)

  it('are a list, and one is a list of one', () => {
    const { models } = parse(listed('[lab, lab2]'))
    expect(models.a?.endpoints).toEqual(['lab', 'lab2'])
    expect(models.b?.endpoints).toEqual(['lab'])
  })

  it('have no part in ids and editions', () => {
    const [one, more] = [parse(two), parse(listed('[lab2, lab]'))]
    expect(more.samplers.map(({ samplerId }) => samplerId)).toEqual(
      one.samplers.map(({ samplerId }) => samplerId),
    )
    expect(editionOf(more).hash).toBe(editionOf(one).hash)
  })

  it.each([
    ['[lab, labb]', 'models.a.endpoint[1]', 'NF_CONFIG_UNKNOWN_ENDPOINT'],
    ['[lab, lab]', 'models.a.endpoint[1]', 'NF_CONFIG_VALUE'],
    ['[]', 'models.a.endpoint', 'NF_CONFIG_VALUE'],
  ])('are known, and named once: %s', (list, key, code) => {
    expect(problemOf(listed(list))).toMatchObject({ key, code })
  })

  it('are simulated for a simulated model only', () => {
    const mixed = changed(
      listed('[lab, lab2]'),
      'lab2: { baseURL: "http://localhost:8001/v1" }',
      'lab2: { simulated: true }',
    )
    expect(problemOf(mixed)).toMatchObject({ code: 'NF_CONFIG_SIMULATED', key: 'models.a.model' })
  })
})

describe('retryTruncated', () => {
  const retried = changed(
    SMALL,
    '{ model: a, temperature: 0.7 }',
    '{ model: a, temperature: 0.7, maxTokens: 100, retryTruncated: { maxTokens: 400 } }',
  )
  const once = changed(
    SMALL,
    '{ model: a, temperature: 0.7 }',
    '{ model: a, temperature: 0.7, maxTokens: 100 }',
  )

  it('is a sampler’s and a role’s, and null where it is not written', () => {
    const config = parse(
      changed(retried, 'verify: a', 'verify: { model: a, retryTruncated: { maxTokens: 50 } }'),
    )
    expect(config.samplers.map(({ retryMaxTokens }) => retryMaxTokens)).toEqual([400, null])
    expect(config.roles.verify.retryMaxTokens).toBe(50)
    expect(config.roles.rank.retryMaxTokens).toBeNull()
  })

  it('makes another sampler, and another edition, which says so', () => {
    const [before, after] = [parse(once), parse(retried)]
    expect(after.samplers[0]?.samplerId).not.toBe(before.samplers[0]?.samplerId)
    expect(after.samplers[1]?.samplerId).toBe(before.samplers[1]?.samplerId)
    const differences = diffEditions(editionOf(before), editionOf(after)).map(({ key }) => key)
    expect(differences).toContainEqual(expect.stringContaining('retryTruncated={"maxTokens":400}'))
  })

  it('names samplers apart that differ in nothing else', () => {
    const both = changed(
      retried,
      '  - { model: b, temperature: 0.7 }',
      '  - { model: a, temperature: 0.7, maxTokens: 100 }',
    )
    expect(parse(both).samplers.map(({ name }) => name)).toEqual(['a-t0.7-r400', 'a-t0.7-rnone'])
  })

  it.each(['100', '99'])('has more room than the first try, and not %s', (maxTokens) => {
    const problem = problemOf(changed(retried, 'maxTokens: 400', `maxTokens: ${maxTokens}`))
    expect(problem).toMatchObject({ code: 'NF_CONFIG_SAMPLING', key: 'samplers[0].retryTruncated' })
  })
})

describe('giveUp', () => {
  it('has defaults, each of which can be changed alone', () => {
    expect(parse(SMALL).endpoints.lab?.giveUp).toEqual({ failures: 10, minutes: 60 })
    expect(parse(withEndpoint('giveUp: { failures: 3 }')).endpoints.lab?.giveUp).toEqual({
      failures: 3,
      minutes: 60,
    })
    expect(problemOf(withEndpoint('giveUp: { failures: 0 }')).key).toBe('endpoints.lab.giveUp.failures')
  })
})
