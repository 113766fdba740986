import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { editionOf } from '../../../config/edition.ts'
import { datasetCard } from '../../../export/card/card.ts'
import type { CardFacts } from '../../../export/card/facts.ts'
import { spendingOf } from '../../../export/card/spending.ts'
import type { ExportedFile } from '../../../export/export.ts'
import { FORMATS } from '../../../export/formats.ts'
import { llamaFactoryFiles } from '../../../export/llama-factory.ts'
import { Tally } from '../../../export/tally.ts'
import { OUR_PROMPTS, promptVersions } from '../../../prompts/prompts.ts'
import type { Completion } from '../../../schemas/types.ts'
import { config, question } from '../../support/records.ts'
import { record } from './edition.ts'

function file(part: string, number: string, dataset = 'cotmed', format = 'alpaca'): ExportedFile {
  const path = `out/data/${dataset}.${part}-${number}.parquet`
  return { dataset, format, shape: 'cot', part, path, rows: 2 }
}

function facts(licences: readonly string[], changes: Partial<CardFacts> = {}): CardFacts {
  const tally = new Tally()
  for (const licence of licences) tally.add(record('a', { question: question({ licence }) }))
  const counts = { records: licences.length, withdrawn: 0, superseded: 0, passedOver: 4, leaked: 3 }
  return {
    pipeline: 'cards',
    edition: 'main',
    recorded: null,
    promptVersions: {},
    summary: { ...counts, files: [file('train', '00000-of-00002'), file('train', '00001-of-00002')] },
    tally,
    spending: [],
    chosenBy: 'everything',
    ...changes,
  }
}

function headOf(card: string): Record<string, unknown> {
  return parse(card.split(/^---\n/m)[1] ?? '') as Record<string, unknown>
}

describe('the card', () => {
  it('names the one licence where the Hub knows it, and else leaves them to the table', () => {
    expect(headOf(datasetCard(facts(['MIT', 'mit'])))).toMatchObject({ license: 'mit' })
    const several = datasetCard(facts(['MIT', 'CC-BY-4.0', '']))
    expect(headOf(several)).toMatchObject({ license: 'other' })
    for (const row of ['| set | MIT | 1 |', '| set | CC-BY-4.0 | 1 |', '| set | not stated | 1 |']) {
      expect(several).toContain(row)
    }
    expect(headOf(datasetCard(facts(['own terms'])))).toMatchObject({ license: 'other' })
  })

  it('adds up the files of a part, and lists a config once', () => {
    const card = datasetCard(facts(['MIT']))
    expect(card).toContain('| cotmed | train | 4 |')
    expect(headOf(card).configs).toEqual([
      {
        config_name: 'cotmed',
        default: true,
        data_files: [{ split: 'train', path: 'data/cotmed.train-*' }],
      },
    ])
  })

  it('keeps what others wrote in its cell', () => {
    const tally = new Tally()
    tally.add(record('a', { question: question({ source: 'a|b\n# c' }) }))
    expect(datasetCard(facts([], { tally }))).toContain('| a\\|b # c | MIT | 1 |')
  })

  it('tells the words of prompts that are not our own', () => {
    const summarize = OUR_PROMPTS.summarize.reworded({ task: 'Be brief:\n- very.' })
    const prompts = { ...OUR_PROMPTS, summarize }
    const { hash, content } = editionOf(config({ prompts }))
    const recorded = { hash, content, codeVersion: '1.2.3' }
    const card = datasetCard(facts(['MIT'], { recorded, promptVersions: promptVersions(prompts) }))
    expect(card).toContain(`| ${summarize.promptVersion} | \`${summarize.hash}\` |`)
    const settings = parse(card.split('```yaml\n')[1]?.split('```')[0] ?? '') as Record<string, unknown>
    expect(settings.wording).toEqual({ summarize: summarize.wording })
  })

  it('never takes an unknown cost for nothing', async () => {
    const call = (costNanoUsd: number | null): Completion =>
      ({
        step: 'generate.s1',
        model: 'm',
        status: 'answered',
        promptTokens: 5,
        completionTokens: 7,
        costNanoUsd,
      }) as Completion
    async function* calls() {
      yield* [call(1_500_000_000), call(null), { ...call(null), step: 'verify' }]
    }
    const spending = await spendingOf(calls())
    expect(spending).toMatchObject([
      { role: 'generate', calls: 2, promptTokens: 10, usd: 1.5, unknown: 1 },
      { role: 'verify', calls: 1, usd: 0, unknown: 1 },
    ])
    const card = datasetCard(facts(['MIT'], { spending }))
    expect(card).toContain('| generate | m | 2 | 0 | 10 | 14 | 1.5000 and 1 calls unknown |')
    expect(card).toContain('| verify | m | 1 | 0 | 5 | 7 | unknown |')
  })
})

describe('llamaFactoryFiles', () => {
  it('trains on all files of the first part, looks at those of the second, and names nothing it cannot read', () => {
    const files = [
      ...[file('train', '00000-of-00002'), file('train', '00001-of-00002'), file('test', '00000-of-00001')],
      file('train', '00000-of-00001', 'rl', 'rl'),
    ]
    const written = new Map(llamaFactoryFiles(files, FORMATS, 'out').map(({ name, text }) => [name, text]))
    expect([...written.keys()]).toEqual([
      'dataset_info.json',
      'ds_z2.json',
      'train-cotmed.yaml',
      'evaluate.sh',
    ])
    expect(JSON.parse(written.get('dataset_info.json')!)).toMatchObject({
      'cotmed.train-00000-of-00002': {
        file_name: 'data/cotmed.train-00000-of-00002.parquet',
        columns: { prompt: 'instruction', query: 'input', response: 'output' },
      },
    })
    expect(parse(written.get('train-cotmed.yaml')!)).toMatchObject({
      dataset: 'cotmed.train-00000-of-00002,cotmed.train-00001-of-00002',
      eval_dataset: 'cotmed.test-00000-of-00001',
      lr_scheduler_type: 'cosine',
      warmup_ratio: 0.1,
      per_device_train_batch_size: 4,
      gradient_accumulation_steps: 2,
    })
  })
})
