import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../config/config.ts'
import { configText } from '../../../init/config-text.ts'
import { type Given, interview } from '../../../init/interview.ts'
import { PROVIDERS } from '../../../init/providers.ts'

async function textOf(given: Given): Promise<string> {
  return configText(await interview('/home/me/first try', given, null))
}

async function configOf(given: Given) {
  return parseConfig(await textOf(given), 'ninefold.yaml')
}

describe('the configuration that init writes', () => {
  it.each(PROVIDERS.map(({ id }) => id))('is sound for %s, with nine paths a question', async (endpoint) => {
    const config = await configOf({ endpoint })
    expect(config.samplers).toHaveLength(9)
    expect(config.triage).toMatchObject({ easyMaxErrors: 4, mediumMaxErrors: 7 })
    expect(config.sources.map(({ path }) => path)).toEqual(['questions.jsonl'])
    expect(config.pipeline).toBe('first-try')
  })

  it.each([
    ['a', 1],
    ['a, b', 2],
    ['lab/one, lab/two, other/one', 3],
  ])('gives nine paths with the models %s', async (models, count) => {
    const { samplers } = await configOf({ endpoint: 'vllm', models, judge: 'a', strong: 'a' })
    expect(samplers).toHaveLength(9)
    expect(new Set(samplers.map(({ model }) => model.model)).size).toBe(count)
    expect(new Set(samplers.map(({ temperature }) => temperature))).toEqual(new Set([0.7, 0.9, 1]))
  })

  it('sends no temperature to models that take none', async () => {
    const config = await configOf({
      endpoint: 'openai',
      models: 'o3, gpt-4o',
      judge: 'o4-mini',
      strong: 'o3',
    })
    const fixed = config.samplers.filter(({ model }) => model.model === 'o3')
    expect(fixed.map(({ temperature, maxTokens }) => [temperature, maxTokens])).toEqual(
      Array.from({ length: 6 }, () => [null, null]),
    )
    expect(config.models.o3?.params).toEqual({ max_completion_tokens: 16384 })
    expect(config.roles.verify).toMatchObject({ temperature: null, maxTokens: null })
  })

  it('limits spending where prices are known, and says why where it cannot', async () => {
    expect((await configOf({ endpoint: 'openai' })).budgetUsd).toBe(5)
    expect((await configOf({ endpoint: 'openai', budget: '' })).budgetUsd).toBeNull()
    const given = { endpoint: 'openrouter', models: 'q/a', judge: 'q/a', strong: 'q/b', budget: '20' }
    expect((await configOf(given)).budgetUsd).toBeNull()
    const text = await textOf(given)
    expect(text).toContain('# Give the price of q/a, q/b above first')
    expect(text).toContain('# budget: { usd: 20 }')
  })

  it('names the variable of the key, and an address that was given', async () => {
    const { endpoints } = await configOf({
      endpoint: 'azure',
      url: 'https://mine.openai.azure.com/openai/v1',
    })
    expect(endpoints.azure).toMatchObject({
      baseURL: 'https://mine.openai.azure.com/openai/v1',
      apiKeyEnv: 'AZURE_OPENAI_API_KEY',
    })
  })
})
