import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { changed, EXAMPLE, parse, SMALL } from './example.ts'

const ids = (text: string) => parse(text).samplers.map((sampler) => sampler.samplerId)

interface Entry {
  model: number
  temperature: number
  topP: number
  paths: number
}

/** A file with these samplers, under the given aliases, on the given endpoints. */
function fileWith(
  entries: readonly Entry[],
  aliases: readonly string[],
  endpoints: readonly string[],
): string {
  const models = aliases.map((alias, index) => [
    alias,
    { endpoint: endpoints[index % endpoints.length], model: `m${index}` },
  ])
  const count = entries.reduce((sum, { paths }) => sum + paths, 0)
  const role = aliases[0]
  return stringify({
    pipeline: 'p',
    endpoints: Object.fromEntries(endpoints.map((name) => [name, { baseURL: 'http://x/v1' }])),
    models: Object.fromEntries(models),
    samplers: entries.map((entry) => ({ ...entry, model: aliases[entry.model] })),
    roles: { verify: role, rank: role, refine: role, regenerate: role, summarize: role },
    triage: { easy: { maxErrors: 0 }, medium: { maxErrors: count - 1 } },
  })
}

const entries = fc.uniqueArray(
  fc.record({
    model: fc.integer({ min: 0, max: 2 }),
    temperature: fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10),
    topP: fc.constantFrom(0.5, 0.9, 1),
    paths: fc.integer({ min: 1, max: 3 }),
  }),
  {
    minLength: 2,
    maxLength: 6,
    selector: ({ model, temperature, topP }) => `${model} ${temperature} ${topP}`,
  },
)

describe('sampler ids', () => {
  it('do not depend on aliases, endpoints or the order of the file', () => {
    fc.assert(
      fc.property(
        entries.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          const one = ids(fileWith(list, ['a', 'b', 'c'], ['x', 'y']))
          const other = ids(fileWith(shuffled, ['k', 'l', 'm'], ['z']))
          expect(other.toSorted()).toEqual(one.toSorted())
          expect(new Set(one).size).toBe(one.length)
        },
      ),
    )
  })

  it('come with unique names that do not depend on the order of the file either', () => {
    const named = (list: readonly Entry[]) =>
      parse(fileWith(list, ['a', 'b', 'c'], ['x'])).samplers.map(
        ({ name, samplerId }) => `${name} ${samplerId}`,
      )
    fc.assert(
      fc.property(entries, (list) => {
        expect(named(list.toReversed()).toSorted()).toEqual(named(list).toSorted())
        expect(new Set(named(list).map((line) => line.split(' ')[0])).size).toBe(named(list).length)
      }),
    )
  })

  it.each([
    ['temperature', 'temperature: 0.7', 'temperature: 0.8'],
    ['topP', 'temperature: 0.7', 'temperature: 0.7, topP: 0.9'],
    ['maxTokens', 'temperature: 0.7', 'temperature: 0.7, maxTokens: 10'],
    ['the model string', 'model: model-a', 'model: model-c'],
    ['a parameter of the model', 'model: model-a', 'model: model-a, params: { seed: 1 }'],
  ])('change with %s', (_, from, to) => {
    expect(ids(changed(SMALL, from, to))[0]).not.toBe(ids(SMALL)[0])
    expect(ids(changed(SMALL, from, to))[1]).toBe(ids(SMALL)[1])
  })

  it('change with the prompt', () => {
    const asked = ids(`${SMALL}prompts: { generate: { text: Answer it. } }\n`)
    expect(asked[0]).not.toBe(ids(SMALL)[0])
    expect(ids(`${SMALL}prompts: { verify: { text: Judge it. } }\n`)).toEqual(ids(SMALL))
  })

  it('are the same wherever a parameter is written', () => {
    const inParams = changed(SMALL, 'model: model-a', 'model: model-a, params: { top_p: 0.9, seed: null }')
    const onSampler = changed(SMALL, 'temperature: 0.7', 'temperature: 0.7, topP: 0.9')
    expect(ids(inParams)).toEqual(ids(onSampler))
  })

  it('are pinned, because records that exist are found by them', () => {
    expect(ids(SMALL)[0]).toBe('bf75cf32a82e605d6fc522adc26f65b3')
  })
})

describe('expansion', () => {
  it('goes by entry, then temperature, then ordinal', () => {
    const text = changed(EXAMPLE, '[0.7, 0.9, 1.0], topP: 0.9, maxTokens: 8192 }', '[1, 0.7], paths: 2 }')
    const names = parse(changed(text, 'maxErrors: 7', 'maxErrors: 8')).samplers.map((sampler) => sampler.name)
    expect(names.slice(0, 5)).toEqual(['qwen-t1', 'qwen-t1-2', 'qwen-t0.7', 'qwen-t0.7-2', 'huatuo-t0.7'])
  })

  it('adds to names what tells equal temperatures apart, and nothing else', () => {
    const text = changed(
      SMALL,
      '- { model: b, temperature: 0.7 }',
      '- { model: a, temperature: 0.7, topP: 0.9 }',
    )
    expect(parse(text).samplers.map((sampler) => sampler.name)).toEqual(['a-t0.7-pnone', 'a-t0.7-p0.9'])
  })

  it('names a sampler without temperature by its model', () => {
    expect(parse(changed(SMALL, 'temperature: 0.7', 'temperature: null')).samplers[0]).toMatchObject({
      name: 'a',
      temperature: null,
    })
  })
})
