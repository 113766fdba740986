import { describe, expect, it } from 'vitest'
import { NinefoldError } from '../../../errors.ts'
import { changed, EXAMPLE, errorOf, parse, problemOf, SMALL } from './example.ts'

describe('one problem', () => {
  it('says file, line, column, key, what was expected and found, and what to do', () => {
    const error = errorOf(changed(SMALL, 'model: b, temperature: 0.7', 'model: b, temperature: 2.5'))
    expect(error).toBeInstanceOf(NinefoldError)
    expect(error.code).toBe('NF_CONFIG_VALUE')
    expect(error.message).toBe('ninefold.yaml:9:30: samplers[1].temperature: expected at most 2, found 2.5')
    expect(error.remedy).toContain('from 0 to 2')
  })

  it.each([
    ['a: { endpoint: lab', 'a: { endpoint: labb', 5, 18, 'models.a.endpoint', 'did you mean `lab`?'],
    ['model: b, temp', 'model: bb, temp', 9, 14, 'samplers[1].model', 'no model `bb`'],
    ['verify: a', 'verify: aa', 10, 18, 'roles.verify', 'no model `aa`'],
    ['verify: a', 'verify: { model: aa }', 10, 27, 'roles.verify.model', 'no model `aa`'],
    ['verify: a', 'verify: { modle: a }', 10, 20, 'roles.verify.modle', 'did you mean `model`?'],
    ['verify: a', 'verify: 3', 10, 18, 'roles.verify', 'expected text or a mapping, found 3'],
    ['verify: a, ', '', 10, 1, 'roles.verify', 'this key is required'],
    ['model: a, temperature', 'model: a, temperatur', 8, 17, 'samplers[0].temperatur', '`temperature`?'],
    ['model: a, temperature', 'model: a, top_p: 1, temperature', 8, 17, 'samplers[0].top_p', '`topP`?'],
    ['temperature: 0.7', 'temperature: warm', 8, 30, 'samplers[0].temperature', 'a number or a list or null'],
    [
      'temperature: 0.7',
      'temperature: [0.7, -1]',
      8,
      36,
      'samplers[0].temperature[1]',
      'at least 0, found -1',
    ],
    [
      'temperature: 0.7',
      'temperature: 0.7, paths: 1.5',
      8,
      42,
      'samplers[0].paths',
      'a whole number, found 1.5',
    ],
    ['baseURL', 'base_url', 3, 10, 'endpoints.lab.base_url', 'did you mean `baseURL`?'],
    ['http://local', 'ftp://local', 3, 19, 'endpoints.lab.baseURL', 'begins with http:// or https://'],
    ['8000/v1', '8000/v1?x=1', 3, 19, 'endpoints.lab.baseURL', 'query'],
    ['triage:', 'missing: wait\ntriage:', 11, 1, 'missing', 'there is no such key here'],
    [
      'triage:',
      'regenerate: { showKey: maybe }\ntriage:',
      11,
      24,
      'regenerate.showKey',
      'never, lastTry, always',
    ],
    ['triage:', 'regenerate:\ntriage:', 11, 12, 'regenerate', 'expected a mapping, found nothing'],
    ['pipeline: small', 'pipeline: "very small"', 1, 11, 'pipeline', 'letters, digits'],
    ['pipeline: small', 'pipeline: very.small', 1, 11, 'pipeline', 'no dot'],
    ['triage:', 'kafka: { brokers: ["k"] }\ntriage:', 11, 20, 'kafka.brokers[0]', 'host:port'],
    ['triage:', 'kafka: { replication: 3 }\ntriage:', 11, 23, 'kafka.replication', 'single broker'],
    ['model: model-a', 'model: model-a, params: { n: 2 }', 5, 52, 'models.a.params.n', 'set by Ninefold'],
  ])('%s -> %s', (from, to, line, column, key, what) => {
    const problem = problemOf(changed(SMALL, from, to))
    expect(problem).toMatchObject({ line, column, key })
    expect(problem.what).toContain(what)
    expect(problem.remedy).not.toBe('')
  })

  it('counts CRLF lines like any other', () => {
    expect(problemOf(changed(SMALL, 'verify: a', 'verify: aa').replaceAll('\n', '\r\n'))).toMatchObject({
      line: 10,
    })
  })

  it('refuses an empty file', () => {
    expect(problemOf('')).toMatchObject({ line: 1, column: 1, key: '', code: 'NF_CONFIG_VALUE' })
  })
})

describe('several problems', () => {
  it('lists all of them at once, in the order of the lines, each with its remedy', () => {
    let text = changed(SMALL, 'endpoint: lab, model: model-b', 'endpoint: lba, model: model-b')
    text = changed(text, 'temperature: 0.7', 'temperature: 7')
    text = changed(text, 'summarize: b', 'sumarize: b')
    text = changed(text, 'maxErrors: 0', 'maxErrors: 1')
    const { problems, message, code } = errorOf(text)
    expect(problems.map(({ line, key }) => [line, key])).toEqual([
      [6, 'models.b.endpoint'],
      [8, 'samplers[0].temperature'],
      [10, 'roles.sumarize'],
    ])
    expect(code).toBe('NF_CONFIG_INVALID')
    for (const { remedy } of problems) expect(message).toContain(remedy)
  })

  it('holds sound sections against each other although another section is broken', () => {
    const text = changed(changed(SMALL, 'pipeline: small', 'pipeline: a b'), 'maxErrors: 1', 'maxErrors: 2')
    expect(errorOf(text).problems.map(({ key }) => key)).toEqual(['pipeline', 'triage.medium.maxErrors'])
  })
})

describe('samplers and prices', () => {
  it.each([
    ['temperature: 0.7 }\n', 'temperature: [0.7, 0.7] }\n', 'samplers[0].temperature[1]'],
    ['- { model: b, temperature: 0.7 }', '- { model: a, temperature: 0.7 }', 'samplers[1]'],
    ['- { model: b, temperature: 0.7 }', '- { model: a, temperature: 0.7, paths: 3 }', 'samplers[1]'],
  ])('refuses a sampler given twice: %s -> %s', (from, to, key) => {
    const { problems } = errorOf(changed(SMALL, from, to))
    expect(problems).toContainEqual(expect.objectContaining({ key, code: 'NF_CONFIG_DUPLICATE_SAMPLER' }))
  })

  it('refuses the same model at the same setting under two aliases', () => {
    const problem = problemOf(changed(SMALL, 'model: model-b', 'model: model-a'))
    expect(problem).toMatchObject({ code: 'NF_CONFIG_DUPLICATE_SAMPLER', line: 9, key: 'samplers[1]' })
    expect(problem.remedy).toContain('paths')
  })

  it('refuses two samplers of one name', () => {
    const renamed = SMALL.replaceAll(/\bb\b(?=[ :,])/g, 'a-t0.7')
    const text = changed(renamed, 'model: a-t0.7, temperature: 0.7', 'model: a-t0.7, temperature: null')
    expect(problemOf(text)).toMatchObject({ line: 9, what: expect.stringContaining('called a-t0.7') })
  })

  it('refuses a temperature for a model that never gets one, and two limits of length', () => {
    const o1 = changed(
      SMALL,
      'model: model-b',
      'model: o1, params: { temperature: null, max_completion_tokens: 9 }',
    )
    expect(problemOf(o1)).toMatchObject({ key: 'samplers[1].temperature', code: 'NF_CONFIG_SAMPLING' })
    const mended = changed(o1, 'model: b, temperature: 0.7', 'model: b, temperature: null')
    const both = changed(mended, 'refine: b', 'refine: { model: b, maxTokens: 5 }')
    expect(problemOf(both)).toMatchObject({ key: 'roles.refine.maxTokens', code: 'NF_CONFIG_SAMPLING' })
  })

  it('wants the price of each model in use when there is a budget', () => {
    const problem = problemOf(changed(EXAMPLE, 'gpt-4o, price: { input: 2.5, output: 10 }', 'gpt-4o'))
    expect(problem).toMatchObject({ code: 'NF_CONFIG_UNKNOWN_PRICE', key: 'models.gpt4o.price', line: 10 })
  })

  it('wants the price of a model whose role has a limit, and of no other', () => {
    const unpriced = changed(EXAMPLE, 'gpt-4o, price: { input: 2.5, output: 10 }', 'gpt-4o')
    const held = problemOf(changed(unpriced, 'budget: { usd: 500 }', 'budget: { roles: { score: 5 } }'))
    expect(held).toMatchObject({ code: 'NF_CONFIG_UNKNOWN_PRICE', key: 'models.gpt4o.price' })
    expect(held.what).toContain('a budget is set for score, and this model is used')
    expect(() =>
      parse(changed(unpriced, 'budget: { usd: 500 }', 'budget: { roles: { verify: 5 } }')),
    ).not.toThrow()
  })

  it('wants a budget to limit something, and known roles', () => {
    const budget = (text: string) => problemOf(changed(EXAMPLE, 'budget: { usd: 500 }', `budget: ${text}`))
    expect(budget('{}')).toMatchObject({ key: 'budget' })
    expect(budget('{ usd: 5, roles: { triage: 1 } }')).toMatchObject({ key: 'budget.roles.triage' })
  })

  it('wants no price of a model nobody uses', () => {
    const text = changed(EXAMPLE, 'samplers:', '  spare: { endpoint: lab, model: spare }\nsamplers:')
    expect(errorOf(changed(text, 'usd: 500', 'usd: -1')).problems.map(({ key }) => key)).toEqual([
      'budget.usd',
    ])
  })
})
