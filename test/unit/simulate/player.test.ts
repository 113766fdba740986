import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { schemaText } from '../../../models/shape.ts'
import { CRITERIA, scorePrompt, scoreShape } from '../../../prompts/score.ts'
import type { Intake } from '../../../schemas/types.ts'
import type { ChatRequest } from '../../../simulate/chat-request.ts'
import { knownQuestion, loadBook } from '../../../simulate/load-book.ts'
import { settingsOf } from '../../../simulate/options.ts'
import { type Player, playerFor } from '../../../simulate/player.ts'
import { QuestionBook } from '../../../simulate/question-book.ts'
import { declaredAnswers } from '../../../simulate/structured-roles.ts'
import { YES_NO_MAYBE } from '../../../sources/question-line.ts'
import { readQuestions } from '../../../sources/read-questions.ts'
import { reasoned } from '../../support/fake-ask.ts'
import {
  promptFor,
  SAMPLER_MODELS,
  SAMPLER_TEMPERATURES,
  syntheticQuestion,
  VERDICT_SCHEMA,
} from './played.ts'

const REQUEST: ChatRequest = {
  model: 'sim-verifier',
  prompt: '',
  temperature: null,
  topP: 0.9,
  seed: null,
  maxTokens: null,
  schema: null,
}

/** What the model says to the request; the prompt stands for the hash of the whole. */
function say(player: Player, request: Partial<ChatRequest>): string {
  const whole = { ...REQUEST, ...request }
  return player(whole, JSON.stringify([whole.model, whole.temperature, whole.prompt])).message.content
}

/** How many of the nine paths of a question are judged Error. */
function errorsOf(player: Player, question: Intake): number {
  const paths = SAMPLER_MODELS.flatMap((model) =>
    SAMPLER_TEMPERATURES.map((temperature) =>
      say(player, { model, temperature, prompt: promptFor(question) }),
    ),
  )
  const verdicts = paths.map((path) =>
    say(player, { prompt: `${promptFor(question)}\n\n${path}\n\nJudge it.`, schema: VERDICT_SCHEMA }),
  )
  return verdicts.filter((verdict) => JSON.parse(verdict).verdict === 'Error').length
}

function tiersOf(errors: readonly number[]) {
  return {
    easy: errors.filter((count) => count <= 4).length,
    medium: errors.filter((count) => count >= 5 && count <= 7).length,
    difficult: errors.filter((count) => count >= 8).length,
  }
}

function playerKnowing(questions: readonly Intake[]): Player {
  const book = new QuestionBook()
  for (const question of questions) book.add(knownQuestion(question))
  return playerFor(settingsOf({}), book)
}

const SYNTHETIC = Array.from({ length: 400 }, (_, number) => syntheticQuestion(number))

describe('playerFor', () => {
  it('has about 74.5 % of the paths right and judged so, with all tiers', () => {
    const player = playerKnowing(SYNTHETIC)
    const errors = SYNTHETIC.map((question) => errorsOf(player, question))
    const share = 1 - errors.reduce((sum, count) => sum + count, 0) / (SYNTHETIC.length * 9)
    expect(Math.abs(share - 0.745)).toBeLessThan(0.03)
    const { easy, medium, difficult } = tiersOf(errors)
    expect(easy).toBeGreaterThan(240)
    expect(medium).toBeGreaterThan(20)
    expect(difficult).toBeGreaterThan(20)
  })

  it('has at least three questions of the demo in each tier, and most of them easy', async () => {
    const file = join(import.meta.dirname, '../../../demo/questions.jsonl')
    const { book, problems } = await loadBook([file], [])
    expect(problems).toEqual([])
    const player = playerFor(settingsOf({}), book)
    const errors: number[] = []
    for await (const item of readQuestions(file)) {
      if (item.kind === 'problem') continue
      const options = item.intake.options.length > 0 ? item.intake.options : YES_NO_MAYBE
      errors.push(errorsOf(player, { ...item.intake, options }))
    }
    expect(errors).toHaveLength(book.size)
    const { easy, medium, difficult } = tiersOf(errors)
    expect(easy).toBeGreaterThan(errors.length / 2)
    expect(medium).toBeGreaterThanOrEqual(3)
    expect(difficult).toBeGreaterThanOrEqual(3)
  })

  it.each([
    ['sim-mini', 0.95],
    ['sim-strong', 0.85],
  ])('lets %s end at the key in about %s of its texts', (model, share) => {
    const player = playerKnowing(SYNTHETIC)
    const right = SYNTHETIC.filter((question) => {
      const text = say(player, { model, prompt: promptFor(question) })
      return declaredAnswers(text).at(-1) === question.answer.labels.join(', ')
    })
    expect(Math.abs(right.length / SYNTHETIC.length - share)).toBeLessThan(0.05)
  })

  it('scores what arrives at the key above what does not, and always within the shape', () => {
    const player = playerKnowing(SYNTHETIC)
    const schema = JSON.parse(schemaText(scoreShape))
    const meanOf = (labelOf: (question: Intake) => string | undefined) => {
      const scores = SYNTHETIC.slice(0, 50).flatMap((asked) => {
        const cot = reasoned(labelOf(asked) ?? '')
        const prompt = scorePrompt.render({ question: asked, cot }).map(({ content }) => content)
        const said = scoreShape.parse(JSON.parse(say(player, { prompt: prompt.join('\n'), schema })))
        return CRITERIA.map((criterion) => said[criterion].score)
      })
      return scores.reduce((sum, one) => sum + one, 0) / scores.length
    }
    const right = meanOf(({ answer }) => answer.labels.join(', '))
    const wrong = meanOf(
      ({ answer, options }) => options.find(({ label }) => !answer.labels.includes(label))?.label,
    )
    expect(right).toBeGreaterThan(6.5)
    expect(wrong).toBeLessThan(4.5)
  })
})
