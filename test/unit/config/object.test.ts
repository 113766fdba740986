/** A configuration given as an object: checked as a file is, its problems told without lines. */
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../config/config.ts'
import { defineConfig, type NinefoldConfig } from '../../../library/config.ts'
import { defineProcessor, defineTopic } from '../../../plugins/define.ts'

const CONFIG: NinefoldConfig = defineConfig({
  pipeline: 'mine',
  endpoints: { lab: { baseURL: 'http://10.0.0.5:8000/v1' } },
  models: { qwen: { endpoint: 'lab', model: 'Qwen2.5-72B-Instruct' } },
  samplers: [{ model: 'qwen', temperature: [0.7, 0.9, 1], paths: 3 }],
  roles: { verify: 'qwen', rank: 'qwen', refine: 'qwen', regenerate: 'qwen', summarize: 'qwen' },
})

const load = (config: object, plugins = {}) => loadConfig(config as NinefoldConfig, { ...plugins })

describe('loadConfig of an object', () => {
  it('fills in defaults; paths are seen from the working folder', async () => {
    const config = await load(CONFIG)
    expect(config.samplers).toHaveLength(9)
    expect(config.triage.easyMaxErrors).toBe(4)
    expect(config.dataDir).toBe(resolve('.ninefold'))
  })

  it('tells every problem at once, by its key', async () => {
    const wrong = { ...CONFIG, pipline: 'x', models: { qwen: { endpoint: 'lap', model: 'm' } }, data: 7 }
    const error = await load(wrong).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'NF_CONFIG_INVALID' })
    const { message } = error as Error
    expect(message).toContain(
      'the configuration: pipline: there is no such key here; did you mean `pipeline`?',
    )
    expect(message).toContain('the configuration: data: expected text, found 7')
    expect(message).toContain('models.qwen.endpoint')
    expect(message).not.toMatch(/:\d+:\d+:/)
  })

  it('tells a single problem by its own code', async () => {
    await expect(load({ ...CONFIG, pipeline: 'a.b' })).rejects.toMatchObject({ code: 'NF_CONFIG_VALUE' })
  })

  it('plugs in processors that are given, and refuses those that will not do', async () => {
    const labels = defineTopic('labels', { type: 'record', name: 'Label', fields: [] })
    const label = defineProcessor({
      step: 'label',
      inputs: ['records'],
      outputs: [labels],
      process: () => [],
    })
    expect((await load(CONFIG, { plugins: [label] })).plugins).toEqual([label])
    await expect(load(CONFIG, { plugins: [label, label] })).rejects.toMatchObject({
      code: 'NF_PROCESSOR_INVALID',
      message: 'a processor of `plugins`: there is a step label already',
    })
  })
})
