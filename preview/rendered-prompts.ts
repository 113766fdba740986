/**
 * Every prompt of a configuration for one question, as far as it is known before anything is asked: what models have
 * yet to write stands in it as a placeholder.
 */
import type { Asking } from '../config/askings.ts'
import { askingsOf } from '../config/askings.ts'
import type { Config } from '../config/types.ts'
import type { Message } from '../models/ask.ts'
import { keyShownAt } from '../processors/regenerate.ts'
import type { AskedWithKey } from '../prompts/question.ts'
import { CHOSEN, candidateLabel } from '../prompts/rank.ts'

/** Stands for a path. */
export const PATH = '[a reasoning path]'
/** Stands for a judge's reason. */
export const REMARK = '[why another path was judged wrong]'

/** A prompt with its place in the dataflow. */
export interface RenderedPrompt {
  readonly step: Asking['step']
  /** `name@version` of the prompt. */
  readonly prompt: string
  /** Who is asked with it. */
  readonly askings: readonly Asking[]
  readonly messages: readonly Message[]
  /** How many paths and reasons will stand where the placeholders are. */
  readonly paths: number
  readonly remarks: number
  /** What is peculiar about this rendering; empty for nothing. */
  readonly note: string
}

/** The prompts in the order of the dataflow. Of `rank` a usual one: as many correct paths as an easy question has. */
export function renderedPrompts(config: Config, question: AskedWithKey): RenderedPrompt[] {
  const { prompts, controls } = config
  const askings = askingsOf(config)
  const by = (step: Asking['step']) => askings.filter((asking) => asking.step === step)
  const candidates = Math.max(
    CHOSEN + 1,
    config.samplers.length - Math.floor(config.triage.easyMaxErrors / 2),
  )
  const wrong = Math.max(1, config.triage.easyMaxErrors + 1)
  const remarks = Array.from({ length: wrong }, () => REMARK)
  const ranked = Array.from({ length: candidates }, (_, place) => ({
    label: candidateLabel(place),
    cot: PATH,
  }))
  const verify: RenderedPrompt = {
    step: 'verify',
    prompt: prompts.verify.promptVersion,
    askings: by('verify'),
    messages: prompts.verify.render({ question, cot: PATH }),
    paths: 1,
    remarks: 0,
    note: 'once for each path',
  }
  const controlledAt = (every: number): RenderedPrompt => ({
    ...verify,
    step: 'control',
    askings: by('control'),
    note: `a path known to be wrong or right, beside one path in ${every}`,
  })
  return [
    {
      step: 'generate',
      prompt: prompts.generate.promptVersion,
      askings: by('generate'),
      messages: prompts.generate.render({ question }),
      paths: 0,
      remarks: 0,
      note: '',
    },
    verify,
    ...(controls === null ? [] : [controlledAt(controls.every)]),
    {
      step: 'rank',
      prompt: prompts.rank.promptVersion,
      askings: by('rank'),
      messages: prompts.rank.render({ question, candidates: ranked }),
      paths: candidates,
      remarks: 0,
      note: `easy and medium questions, here with ${candidates} correct paths`,
    },
    {
      step: 'refine',
      prompt: prompts.refine.promptVersion,
      askings: by('refine'),
      messages: prompts.refine.render({ question, cot: PATH, remarks }),
      paths: 1,
      remarks: wrong,
      note: `medium questions, here with ${wrong} wrong paths`,
    },
    {
      step: 'refine',
      prompt: prompts.consistency.promptVersion,
      askings: by('refine'),
      messages: prompts.consistency.render({ question, cot: PATH }),
      paths: 1,
      remarks: 0,
      note: 'once for each mended path',
    },
    ...regenerations(config, question, by('regenerate')),
    {
      step: 'summarize',
      prompt: prompts.summarize.promptVersion,
      askings: by('summarize'),
      messages: prompts.summarize.render({ question, cot: PATH }),
      paths: 1,
      remarks: 0,
      note: 'once for each kept path',
    },
    ...scorings(config, question, by('score')),
  ]
}

/** None where nobody scores. */
function scorings({ prompts }: Config, question: AskedWithKey, askings: readonly Asking[]): RenderedPrompt[] {
  if (askings.length === 0) return []
  return [
    {
      step: 'score',
      prompt: prompts.score.promptVersion,
      askings,
      messages: prompts.score.render({ question, cot: PATH }),
      paths: 1,
      remarks: 0,
      note: 'a sample of the records, and of the paths to be mended',
    },
  ]
}

/** The first try, and the first that shows the key where that is another one. */
function regenerations(
  { regenerate, samplers, prompts }: Config,
  question: AskedWithKey,
  askings: readonly Asking[],
): RenderedPrompt[] {
  const tries = Array.from({ length: regenerate.tries }, (_, index) => index + 1)
  const first = tries.slice(0, 1)
  const withKey = tries.filter((attempt) => attempt > 1 && keyShownAt(attempt, regenerate)).slice(0, 1)
  return [...first, ...withKey].map((attempt) => {
    const keyShown = keyShownAt(attempt, regenerate)
    const remarks = keyShown ? samplers.length : 0
    return {
      step: 'regenerate',
      prompt: prompts.regenerate.promptVersion,
      askings,
      messages: prompts.regenerate.render({
        question,
        attempt,
        keyShown,
        earlier: null,
        remarks: Array.from({ length: remarks }, () => REMARK),
      }),
      paths: 0,
      remarks,
      note: `difficult questions, try ${attempt} of ${regenerate.tries}${keyShown ? ', with the key' : ''}`,
    }
  })
}
