import { expect, it } from 'vitest'
import { editionOf } from '../../../config/edition.ts'
import { detailsScreen } from '../../../editions/edition-details.ts'
import { OUR_PROMPTS } from '../../../prompts/prompts.ts'
import { PLAIN } from '../../../terminal/style.ts'
import { config } from '../../support/records.ts'

const screenOf = (prompts = OUR_PROMPTS) => {
  const { hash, content } = editionOf(config({ prompts }))
  const details = {
    edition: 'plain',
    state: 'started' as const,
    base: 'main',
    from: 'verdicts' as const,
    madeAt: '2026-01-02T03:04:05.000Z',
    codeVersion: '1.2.3',
    hash,
    settings: [],
    records: 2,
    builtOnIt: [],
    inputs: [],
    spent: { calls: 0, usd: 0, callsOfUnknownCost: 0 },
    config: content,
  }
  return detailsScreen(details, 80, PLAIN)
}

it('an edition on a screen tells the words of prompts that are not our own, and only these', () => {
  const summarize = OUR_PROMPTS.summarize.reworded({ task: 'Be brief:\n- very.' })
  const screen = screenOf({ ...OUR_PROMPTS, summarize })
  expect(screen).toContain(`prompts.summarize: ${summarize.hash}\n`)
  expect(screen.split('\n\n').at(-1)).toBe(
    `Prompt summarize, in words of its own\nsystem message\n${summarize.wording.system}\ntask\nBe brief:\n- very.`,
  )
  expect(screenOf()).not.toContain('in words of its own')
})
