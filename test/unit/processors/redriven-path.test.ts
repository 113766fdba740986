/** A question one of whose nine paths failed, from its dead letter over a redrive to its tier, by every policy. */
import { describe, expect, it } from 'vitest'
import type { Triage } from '../../../config/config.ts'
import type { StructuredAnswer, StructuredRequest, TextRequest } from '../../../models/ask.ts'
import { generate } from '../../../processors/generate.ts'
import { triage } from '../../../processors/triage.ts'
import { verify } from '../../../processors/verify.ts'
import type { AnyProcessor } from '../../../streams/processor.ts'
import { RecordError } from '../../../streams/processor.ts'
import { redriveOrder } from '../../../streams/redrive-orders.ts'
import { TopologyDriver } from '../../../streams/testing/topology-driver.ts'
import { FakeAsk, promptText, reasoned } from '../../support/fake-ask.ts'
import { config, question } from '../../support/records.ts'

const FAILING = 'm4-model'
const TIERS = ['triaged-easy', 'triaged-medium', 'triaged-difficult'] as const

/** Models of which two of nine answer wrong, and a third fails. */
class Models extends FakeAsk {
  /** The step in which the fourth model's path fails; null once that is mended. */
  fails: 'generate' | 'verify' | null

  constructor(fails: 'generate' | 'verify') {
    super({
      generate: ({ model }) => `By ${model.model}. ${reasoned(/^m[12]-/.test(model.model) ? 'B' : 'A')}`,
    })
    this.fails = fails
  }

  override async text(request: TextRequest) {
    if (this.fails === 'generate' && request.model.model === FAILING)
      throw new RecordError('refused', 'The endpoint refuses it.')
    return super.text(request)
  }

  override async structured<T>(request: StructuredRequest<T>): Promise<StructuredAnswer<T>> {
    if (this.fails === 'verify' && promptText(request).includes(`By ${FAILING}.`))
      throw new RecordError('malformed-answer', 'It is no verdict.', 'nonsense')
    return super.structured(request)
  }
}

async function withFailedPath(missing: Triage['missing'], fails: 'generate' | 'verify') {
  const plain = config()
  const rules = { ...plain.triage, missing, minVerdicts: missing === 'tierOnRest' ? 8 : 9 }
  const paper = config({ triage: rules })
  const models = new Models(fails)
  const processors = [...paper.samplers.map(generate), verify, triage] as AnyProcessor[]
  const driver = new TopologyDriver({ config: paper, processors, ask: models })
  driver.pipe('questions', question())
  await driver.settle()
  const triaged = () => TIERS.flatMap((topic) => driver.read(topic))
  const [letter, ...others] = driver.read('dead-letters')
  expect(others).toEqual([])
  const redrive = async () => {
    const { key, value } = redriveOrder(letter!)
    driver.pipe('redrive', value, key)
    await driver.settle()
  }
  const state = () => driver.read('triage-state').at(-1)!
  return { driver, models, letter: letter!, triaged, redrive, state }
}

describe.each(['generate', 'verify'] as const)('a path that fails in %s and is redriven', (fails) => {
  it('is waited for: the tier is made of nine verdicts', async () => {
    const { driver, models, letter, triaged, redrive, state } = await withFailedPath('wait', fails)
    expect([triaged(), state().status]).toEqual([[], 'open'])
    expect(
      driver
        .read('verdicts')
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(['missing', ...Array(8).fill('verdict')])
    models.fails = null
    await redrive()
    expect(triaged()).toMatchObject([{ tier: 'easy', errors: 2, expected: 9, missing: [] }])
    const [{ correct, wrong } = { correct: [], wrong: [] }] = triaged()
    expect([correct.length, wrong.length]).toEqual([7, 2])
    expect(correct.map(({ model }) => model)).toContain(FAILING)
    // Ordered again, it changes nothing: not even a call is made.
    const asked = models.requests.length
    await redrive()
    expect([triaged().length, models.requests.length]).toEqual([1, asked])
    expect(driver.read('dead-letters')).toEqual([letter])
  })

  it('is waited for on, where it fails once more: under a dead letter of its own, which completes the nine as well', async () => {
    const { driver, models, triaged, redrive } = await withFailedPath('wait', fails)
    await redrive()
    const [first, again] = driver.read('dead-letters')
    expect([again?.redrivenFrom, again?.attempts, triaged()]).toEqual([first?.deadLetterId, 2, []])
    models.fails = null
    const { key, value } = redriveOrder(again!)
    driver.pipe('redrive', value, key)
    await driver.settle()
    expect(triaged()).toMatchObject([{ errors: 2, missing: [] }])
  })

  it.each([
    ['countAsError', 3],
    ['tierOnRest', 2],
  ] as const)('comes late with %s: it is noted, and the tier stays', async (policy, errors) => {
    const { driver, models, letter, triaged, redrive, state } = await withFailedPath(policy, fails)
    const before = triaged()
    expect(before).toMatchObject([{ errors, missing: [{ deadLetterId: letter.deadLetterId }] }])
    models.fails = null
    await redrive()
    expect(triaged()).toEqual(before)
    expect(driver.read('verdicts').filter(({ kind }) => kind === 'verdict')).toHaveLength(9)
    const { status, samplers } = state()
    expect([status, samplers.length]).toEqual(['decided', 10])
    const late = samplers.filter((one) => one.late)
    expect(late).toMatchObject([{ outcome: 'Correct' }])
    expect(samplers.find(({ outcome }) => outcome === 'missing')?.samplerId).toBe(late[0]?.samplerId)
  })
})
