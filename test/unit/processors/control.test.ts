/** Controls of the judge: drawn by content, asked with the judge's own words, and kept apart from everything else. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Controls, GivenControl } from '../../../config/controls.ts'
import { drawsControl } from '../../../config/controls.ts'
import { editionOf } from '../../../config/edition.ts'
import { codeCheck } from '../../../processors/code-check.ts'
import { control, controlIdOf } from '../../../processors/control.ts'
import { madeUpPath } from '../../../processors/made-up-path.ts'
import { topology } from '../../../processors/topology.ts'
import { verify } from '../../../processors/verify.ts'
import { OUR_PROMPTS } from '../../../prompts/prompts.ts'
import type { Control, RawPath } from '../../../schemas/types.ts'
import { RecordError } from '../../../streams/processor.ts'
import { FakeAsk, promptText } from '../../support/fake-ask.ts'
import { config, question, rawPath } from '../../support/records.ts'

const ALWAYS: Controls = { every: 1, alarmBelow: 0.9, file: null, given: [] }
const controlled = (controls: Controls = ALWAYS) => config({ controls })

async function controlsOf(value: RawPath, settings = controlled(), ask = new FakeAsk()): Promise<Control[]> {
  const emissions = await control.process({ topic: 'raw-paths', value }, { config: settings, ask })
  return emissions.map(({ topic, key, value: record }) => {
    expect([topic, key]).toEqual(['controls', value.question.questionId])
    return record
  })
}

describe('a made-up path', () => {
  // An option that reads like another one's label is unreadable to code, whoever names it.
  const text = fc.string({ maxLength: 30 }).map((end) => `finding ${end}`)
  const texts = fc.uniqueArray(text, { minLength: 2, maxLength: 8, selector: (one) => one.trim() })

  it('argues for a wrong option, and ends there or at the key', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.string(), (options, key, drawnBy) => {
        const labelled = options.map((text, at) => ({ label: 'ABCDEFGH'[at] ?? '', text }))
        const right = labelled[key % labelled.length]?.label ?? ''
        const asked = question({
          options: labelled,
          answer: { kind: 'choice', labels: [right], number: null, tolerance: null, texts: [] },
        })
        const path = madeUpPath(asked, drawnBy)
        const written = { reasoning: '', answerText: path?.cot ?? '', finishReason: 'stop' }
        const { check, extracted } = codeCheck(asked, written, 200)
        expect(check).toBe(path?.kind === 'wrong-answer' ? 'mismatch' : 'match')
        expect(extracted).toHaveLength(1)
        expect(path?.cot).not.toContain(`${right}) ${labelled[key % labelled.length]?.text}: it accounts`)
        expect(madeUpPath(asked, drawnBy)).toEqual(path)
      }),
    )
  })

  it('is of either kind about as often', () => {
    const kinds = Array.from({ length: 400 }, (_, at) => madeUpPath(question(), `path ${at}`)?.kind)
    const share = kinds.filter((kind) => kind === 'wrong-answer').length / kinds.length
    expect(share).toBeGreaterThan(0.4)
    expect(share).toBeLessThan(0.6)
  })

  it('cannot be made where every option is right', () => {
    const labels = question().options.map(({ label }) => label)
    const answer = { kind: 'choice', labels, number: null, tolerance: null, texts: [] }
    expect(madeUpPath(question({ answer }), 'path')).toBeNull()
  })
})

describe('control', () => {
  it('is in the topology where the judge is controlled, and writes to its own topic alone', () => {
    const steps = (settings = config()) => topology(settings).map(({ step }) => step)
    expect(steps()).not.toContain('control')
    expect(steps(controlled())).toContain('control')
    const readers = topology(controlled()).filter(({ inputs }) =>
      inputs.some((topic) => topic === 'controls'),
    )
    expect([control.outputs, readers]).toEqual([['controls'], []])
  })

  it('asks the judge with the very words of verify, as a step of its own', async () => {
    const [asks, controls] = [new FakeAsk(), new FakeAsk()]
    const [record] = await controlsOf(rawPath(), controlled(), controls)
    const shown = { ...rawPath().path!, reasoning: '', answerText: record?.cot ?? '' }
    const value = { ...rawPath(), path: shown }
    await verify.process({ topic: 'raw-paths', value }, { config: controlled(), ask: asks })
    const [asked, own] = [asks.requests[0], controls.requests[0]]
    expect(own?.messages).toEqual(asked?.messages)
    expect([asked?.step, own?.step]).toEqual(['verify', 'control'])
    expect({ ...own, step: 'verify' }).toEqual(asked)
  })

  it('keeps what the judge said, right or wrong', async () => {
    const saying = (verdict: string) =>
      new FakeAsk({ control: () => JSON.stringify({ verdict, reason: 'Said.' }) })
    const [noticed] = await controlsOf(rawPath(), controlled(), saying('Error'))
    const [passed] = await controlsOf(rawPath(), controlled(), saying('Correct'))
    expect(noticed).toMatchObject({
      ...{ expected: 'Error', judgement: 'Error', reason: 'Said.', verifier: 'verify-model', givenId: null },
      ...{ drawnBy: rawPath().pathId, questionId: 'set:1', revision: 1, promptVersion: 'verify@1' },
    })
    expect(passed).toEqual({ ...noticed, judgement: 'Correct', requestHash: expect.any(String) })
    expect(noticed?.controlId).toBe(
      controlIdOf(rawPath().pathId, noticed!, 'verify-model', OUR_PROMPTS.verify.hash),
    )
  })

  it('takes given ones where there are any, each time with a call of its own', async () => {
    const given: GivenControl = {
      givenId: 'g',
      question: question(),
      reasoning: 'Because of B.',
      expected: 'Correct',
    }
    const ask = new FakeAsk()
    const settings = controlled({ ...ALWAYS, file: 'controls.jsonl', given: [given] })
    const paths = ['one', 'two', 'three'].map((pathId) => ({ ...rawPath(), pathId }))
    const records = (await Promise.all(paths.map((path) => controlsOf(path, settings, ask)))).flat()
    expect(records).toMatchObject(
      paths.map(() => ({ kind: 'given', givenId: 'g', cot: 'Because of B.', expected: 'Correct' })),
    )
    expect(new Set(records.map(({ requestHash }) => requestHash)).size).toBe(3)
    expect(new Set(records.map(({ controlId }) => controlId)).size).toBe(3)
    expect(promptText(ask.requests[0]!)).toContain('Because of B.')
  })

  it('is drawn beside about one of so many paths, the same ones always', () => {
    const ids = Array.from({ length: 20_000 }, (_, at) => `path ${at}`)
    const drawn = (every: number) => ids.filter((id) => drawsControl({ every }, id))
    expect(drawn(50).length).toBeGreaterThan(300)
    expect(drawn(50).length).toBeLessThan(500)
    expect(new Set(drawn(50)).isSubsetOf(new Set(drawn(10)))).toBe(true)
    expect(drawn(1)).toHaveLength(ids.length)
  })

  it('is drawn beside no path that is missing, and asks nobody where it is not drawn', async () => {
    const missing = { ...rawPath(), path: null, missing: { deadLetterId: 'd', reason: 'It broke.' } }
    expect(await controlsOf(missing)).toEqual([])
    const ask = new FakeAsk()
    expect(await controlsOf(rawPath(), controlled({ ...ALWAYS, every: 1e9 }), ask)).toEqual([])
    expect(ask.requests).toEqual([])
  })

  it('leaves the failure to a dead letter, with nothing in its place', async () => {
    const ask = new FakeAsk({ control: () => 'nonsense' })
    await expect(controlsOf(rawPath(), controlled(), ask)).rejects.toThrow(RecordError)
    expect(control.standIn).toBeUndefined()
  })

  it('is no part of an edition', () => {
    expect(editionOf(controlled()).hash).toBe(editionOf(config()).hash)
  })
})
