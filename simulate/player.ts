/**
 * Plays the models: what is answered follows from the request, the questions known and the seed, never from time
 * or from the order of requests.
 *
 * Whether a generated path is right is drawn from question and sampler, not from the prompt's wording, so that
 * an edited prompt does not deal the tiers anew; its words are drawn from the whole request.
 */
import { recognisableText } from '../sources/question-text.ts'
import type { Argument } from './argument.ts'
import { askedQuestion } from './asked-question.ts'
import type { ChatRequest } from './chat-request.ts'
import { wrongAnswer } from './conclusion.ts'
import { type Dice, diceFor } from './dice.ts'
import { type Solving, solvingFor } from './difficulty.ts'
import { abilityOf, familyOf } from './families.ts'
import { explanation, type PlayedMessage, written } from './habits.ts'
import type { KnownQuestion, RecordedAnswer } from './known-question.ts'
import type { Settings } from './options.ts'
import type { QuestionBook } from './question-book.ts'
import { declaredAnswers, playStructured } from './structured-roles.ts'

/** An answer before it goes out. */
export interface Play {
  readonly message: PlayedMessage
  /** What was played: generate, recorded, refine, regenerate, summarize, judge, rank, score, … */
  readonly role: string
  /** Whether the question was one of the known. */
  readonly known: boolean
  /** The answer that is played back, if it is one. */
  readonly recorded: RecordedAnswer | null
}

/** Answers requests. */
export type Player = (request: ChatRequest, requestHash: string) => Play

/** A player with these questions. */
export function playerFor(settings: Settings, book: QuestionBook): Player {
  const { flaw, correct, seed } = settings
  const flawed = Math.min(flaw, 1 - correct)
  const stage: Stage = {
    settings,
    flaw: flawed,
    // A path counts as correct when it is right and no flaw is found in it.
    solving: solvingFor(correct / (1 - flawed || 1), seed),
  }
  return (request, requestHash) => {
    const known = book.find(request.prompt)
    const question = known ?? askedQuestion(request.prompt, seed)
    const play = answer({ stage, request, question, dice: diceFor(seed, 'words', requestHash) })
    return { ...play, known: known !== null }
  }
}

interface Stage {
  readonly settings: Settings
  readonly flaw: number
  readonly solving: Solving
}

interface Scene {
  readonly stage: Stage
  readonly request: ChatRequest
  readonly question: KnownQuestion | null
  readonly dice: Dice
}

type Unnoted = Omit<Play, 'known'>

function answer(scene: Scene): Unnoted {
  const { request, question, stage, dice } = scene
  if (request.schema !== null) {
    // Recorded answers are there to be told right from wrong without fail.
    const flaw = question !== null && question.recorded.size > 0 ? 0 : stage.flaw
    const { role, value } = playStructured({
      schema: request.schema,
      prompt: request.prompt,
      question,
      flaw,
      dice,
    })
    return said(JSON.stringify(value), role)
  }
  if (question === null) return said('No question with lettered options was found in the prompt.', 'unknown')
  if (asksForSummary(request.prompt)) return summary(scene, question)
  const recorded = question.recorded.get(request.model) ?? null
  const labels = recorded?.answer ?? conclusion(scene, question)
  const argument: Argument = { question, labels, dice }
  const role = recorded !== null ? 'recorded' : (stage.settings.parts[request.model] ?? 'generate')
  return { message: written(argument, familyOf(request.model).habit), role, recorded }
}

function said(content: string, role: string): Unnoted {
  return { message: { content, reasoning: null }, role, recorded: null }
}

/** A prompt for a short text says so, and does not ask for a line with the final answer. */
function asksForSummary(prompt: string): boolean {
  return /\b(?:summar|condens)/i.test(prompt) && !/final answer:\s*[<[{]/i.test(prompt)
}

/** A summary concludes what the text it summarises does. */
function summary({ request, dice }: Scene, question: KnownQuestion): Unnoted {
  const declared = declaredAnswers(request.prompt).at(-1)
  const labels = declared?.split(', ') ?? question.key
  return said(explanation({ question, labels, dice }), 'summarize')
}

function conclusion(scene: Scene, question: KnownQuestion): readonly string[] {
  const { settings } = scene.stage
  const stem = recognisableText(question.stem)
  const part = settings.parts[scene.request.model] ?? 'generate'
  const own = part === 'generate' ? samplerDice(scene, stem) : scene.dice
  const share = part === 'generate' ? generatedShare(scene, stem) : settings[part]
  return own.chance(share) ? question.key : wrongAnswer(question, diceFor(settings.seed, 'trap', stem), own)
}

function generatedShare({ stage, request }: Scene, stem: string): number {
  return stage.solving(stem, abilityOf(familyOf(request.model), request.temperature))
}

function samplerDice({ stage, request }: Scene, stem: string): Dice {
  const { model, temperature, topP, seed } = request
  return diceFor(stage.settings.seed, 'answer', stem, model, temperature, topP, seed)
}
