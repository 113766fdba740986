/** Settings given beside the file: what they replace, and how their problems are told. */
import { describe, expect, it } from 'vitest'
import { changed, EXAMPLE, errorOf, parse, SMALL } from './example.ts'

const withSet = (text: string, ...set: string[]) => parse(text, undefined, set)

describe('settings beside the file', () => {
  it('go before what the file says, the last one first', () => {
    const set = ['regenerate.tries=1', 'pipeline=other', 'regenerate.tries=2']
    const config = withSet(EXAMPLE, ...set)
    expect(config.pipeline).toBe('other')
    expect(config.regenerate).toMatchObject({ tries: 2, showKey: 'lastTry' })
    expect(config.settings).toEqual(set)
  })

  it('are checked after all of them, not one by one', () => {
    const { triage } = withSet(EXAMPLE, 'triage.easy.maxErrors=7', 'triage.medium.maxErrors=8')
    expect(triage).toMatchObject({ easyMaxErrors: 7, mediumMaxErrors: 8 })
  })

  it('take values as YAML, and make sections the file does not have', () => {
    const config = withSet(
      SMALL,
      'budget.usd=5',
      'models.a.price={ input: 1, output: 2 }',
      'models.b.price.input=0',
      'models.b.price.output=0',
      'clickhouse=false',
    )
    expect(config.budgetUsd).toBe(5)
    expect(config.models.a?.price).toEqual({ input: 1, output: 2 })
    expect(config.clickhouse).toEqual({ kind: 'off' })
  })

  it('change items of lists, and add one at the end', () => {
    const config = withSet(
      SMALL,
      'samplers[1].temperature=1.1',
      'samplers[2]={ model: b, temperature: [0.2, 0.4] }',
      'triage.medium.maxErrors=2',
    )
    expect(config.samplers.map(({ name }) => name)).toEqual(['a-t0.7', 'b-t1.1', 'b-t0.2', 'b-t0.4'])
  })

  it('find names that hold dots', () => {
    const text = changed(SMALL, '  b: {', '  b.1: { endpoint: lab, model: model-b1 }\n  b: {')
    const config = withSet(text, 'models.b.1.model=renamed', 'models.b.model=plain')
    expect(config.models['b.1']?.model).toBe('renamed')
    expect(config.models.b?.model).toBe('plain')
  })

  it('change nothing that an alias of YAML shares', () => {
    const text = changed(SMALL, 'roles: { verify: a, rank: a,', 'roles: { verify: &r { model: a }, rank: *r,')
    const { roles } = withSet(text, 'roles.verify.model=b')
    expect([roles.verify.model.name, roles.rank.model.name]).toEqual(['b', 'a'])
  })

  it('leave a file without any as it was', () => {
    expect(withSet(SMALL)).toEqual(parse(SMALL))
  })
})

describe('a setting that will not do', () => {
  it.each([
    [
      'triage.easy.maxErrros=3',
      'NF_CONFIG_UNKNOWN_KEY',
      'triage.easy.maxErrros: there is no such key here; did you mean `maxErrors`?',
    ],
    [
      'triage.easy.maxErrors=many',
      'NF_CONFIG_VALUE',
      'triage.easy.maxErrors: expected a number, found "many"',
    ],
    ['triage.easy.maxErrors=', 'NF_CONFIG_VALUE', 'triage.easy.maxErrors: expected a number, found nothing'],
    [
      'triage={ easy: { maxErrors: 0.5 } }',
      'NF_CONFIG_VALUE',
      'triage.easy.maxErrors: expected a whole number, found 0.5',
    ],
    [
      'kafka.partition.verify=3',
      'NF_CONFIG_UNKNOWN_KEY',
      'kafka.partition: there is no such key here; did you mean `partitions`?',
    ],
    ['roles.rank=c', 'NF_CONFIG_UNKNOWN_MODEL', 'roles.rank: there is no model `c`'],
    [
      'roles.rank.temperature=0',
      'NF_CONFIG_VALUE',
      'roles.rank.temperature: roles.rank is a single value, which has no keys',
    ],
    ['samplers.model=a', 'NF_CONFIG_VALUE', 'samplers.model: samplers is a list, which has no keys'],
    ['samplers[3].model=a', 'NF_CONFIG_VALUE', 'samplers[3].model: samplers has 2 items'],
    ['triage[0]=1', 'NF_CONFIG_VALUE', 'triage[0]: triage is a mapping, which has no items'],
    ['triage..easy=1', 'NF_CONFIG_VALUE', 'triage..easy: this is not how a key is written'],
    ['roles=[a', 'NF_CONFIG_SYNTAX', 'roles: '],
    ['roles=a: b: c', 'NF_CONFIG_SYNTAX', 'roles: a mapping begins where a single value should stand'],
    ['__proto__.polluted=1', 'NF_CONFIG_UNKNOWN_KEY', '__proto__: there is no such key here'],
  ])('%s is told by its own name', (setting, code, text) => {
    const { problems, message } = errorOf(SMALL, [setting])
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ code, origin: '--set' })
    expect(message).toContain(`--set ${text}`)
    expect(problems[0]?.remedy).not.toBe('')
  })

  it('is told together with what is wrong in the file, which keeps its lines', () => {
    const { message } = errorOf(changed(SMALL, 'verify: a', 'verify: aa'), ['pipelin=x'])
    expect(message).toContain('--set pipelin: there is no such key here; did you mean `pipeline`?')
    expect(message).toContain('ninefold.yaml:10:18: roles.verify: there is no model `aa`')
  })

  it('shows no value where a secret may have been pasted', () => {
    for (const setting of ['endpoints.lab.apiKey=sk-secret', 'endpoints.lab.timeoutSeconds=sk-secret']) {
      const { message, problems } = errorOf(SMALL, [setting])
      expect(`${message} ${problems.map(({ remedy }) => remedy).join(' ')}`).not.toContain('sk-secret')
    }
  })

  it('blames the file for a key that the file lacks beside the one that was set', () => {
    const text = changed(SMALL, 'medium: { maxErrors: 1 }', 'medium: { maxErrors: 9 }')
    const { problems } = errorOf(text, ['triage.easy.maxErrors=1'])
    expect(problems.map(({ key, origin }) => [key, origin])).toEqual([['triage.medium.maxErrors', undefined]])
  })
})
