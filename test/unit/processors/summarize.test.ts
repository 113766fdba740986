import { describe, expect, it } from 'vitest'
import { editionOf } from '../../../config/edition.ts'
import { rank } from '../../../processors/rank.ts'
import { recordIdOf, summarize } from '../../../processors/summarize.ts'
import { OUR_PROMPTS } from '../../../prompts/prompts.ts'
import type { Kept } from '../../../schemas/types.ts'
import { FakeAsk, promptText } from '../../support/fake-ask.ts'
import { config, triaged } from '../../support/records.ts'

async function kept(): Promise<Kept> {
  const input = { topic: 'triaged-easy' as const, value: triaged(5, 'easy') }
  const [emission] = await rank.process(input, { config: config(), ask: new FakeAsk() })
  return emission?.value as Kept
}

const run = async (value: Kept, ask: FakeAsk, settings = config()) =>
  summarize.process({ topic: 'kept', value }, { config: settings, ask })

const hashOf = (settings = config()) => editionOf(settings).hash

describe('summarize', () => {
  it('assembles the record with all its ancestry', async () => {
    const value = await kept()
    const ask = new FakeAsk({ summarize: () => 'It is lisinopril (A).' })
    const [emission] = await run(value, ask)
    expect(emission).toMatchObject({
      topic: 'records',
      key: 'set:1',
      value: {
        kind: 'record',
        recordId: recordIdOf(hashOf(), value.keptId, 'summarize-model', OUR_PROMPTS.summarize.hash),
        edition: hashOf(),
        cot: value.cot,
        response: 'It is lisinopril (A).',
        keptId: value.keptId,
        pathIds: value.pathIds,
        verdictIds: value.verdictIds,
        triagedId: 'triaged-1',
        rankingId: value.rankingId,
        attemptId: null,
        writer: value.writer,
        summarizer: 'summarize-model',
        summaryPrompt: 'summarize@1',
      },
    })
    expect(emission?.value.requestHashes).toHaveLength(value.requestHashes.length + 1)
    expect(promptText(ask.requests[0]!)).toContain(value.cot.slice(0, 80))
  })

  it('makes the same record under the same settings, whatever their edition is called', async () => {
    const value = await kept()
    const [emission] = await run(value, new FakeAsk(), config({ edition: 'again' }))
    expect(emission).toEqual((await run(value, new FakeAsk()))[0])
  })

  it('makes another record under other settings', async () => {
    const value = await kept()
    const other = config({ triage: { ...config().triage, easyMaxErrors: 3 } })
    const ids = [await run(value, new FakeAsk()), await run(value, new FakeAsk(), other)].map(
      ([emission]) => emission?.value.recordId,
    )
    expect(ids[0]).not.toBe(ids[1])
  })

  it('leaves no think tag in a record', async () => {
    const value = { ...(await kept()), cot: '<think>First.</think>\nThen.' }
    const [emission] = await run(value, new FakeAsk({ summarize: () => '<think>\nShort.' }))
    expect(emission?.value).toMatchObject({ cot: 'First.\n\nThen.', response: 'Short.' })
  })

  it.each([
    ['empty', { text: ' \n' }],
    ['cut off', { text: 'It is', finishReason: 'length' }],
  ])('refuses a summary that is %s, and shows it', async (what, answer) => {
    const made = run(await kept(), new FakeAsk({ summarize: () => answer }))
    await expect(made).rejects.toMatchObject({
      class: 'malformed-answer',
      answer: answer.text,
      message: expect.stringContaining(what),
    })
  })

  it('tells a summary that a filter cut off from one that ran out of tokens', async () => {
    const ask = new FakeAsk({ summarize: () => ({ text: 'It is', finishReason: 'content_filter' }) })
    await expect(run(await kept(), ask)).rejects.toMatchObject({ class: 'content-filter', answer: 'It is' })
  })
})
