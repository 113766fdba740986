/** Every prompt of a pipeline by its key in the configuration. */
import { consistencyPrompt } from './consistency.ts'
import { generatePrompt } from './generate.ts'
import { rankPrompt } from './rank.ts'
import { refinePrompt } from './refine.ts'
import { regeneratePrompt } from './regenerate.ts'
import type { Wording } from './rewordable.ts'
import { scorePrompt } from './score.ts'
import { scoreItemPrompt } from './score-item.ts'
import { summarizePrompt } from './summarize.ts'
import { verifyPrompt } from './verify.ts'

/** The prompts in our own words, in the order of the dataflow. */
export const OUR_PROMPTS = {
  generate: generatePrompt,
  verify: verifyPrompt,
  rank: rankPrompt,
  refine: refinePrompt,
  consistency: consistencyPrompt,
  regenerate: regeneratePrompt,
  summarize: summarizePrompt,
  score: scorePrompt,
  scoreItem: scoreItemPrompt,
}

/** The prompts of a pipeline. */
export type Prompts = typeof OUR_PROMPTS
/** One of them. */
export type PromptName = keyof Prompts

/** All names. */
export const PROMPT_NAMES = Object.keys(OUR_PROMPTS) as PromptName[]

/** What a dataset is made with: scores decide nothing. */
function makersOf({ score: _score, scoreItem: _scoreItem, ...makers }: Prompts) {
  return Object.values(makers)
}

/** The hash of every prompt that a dataset is made with, by its name: other words are another edition. */
export function promptHashes(prompts: Prompts): Record<string, string> {
  return Object.fromEntries(makersOf(prompts).map(({ name, hash }) => [name, hash]))
}

/** `name@version` of these prompts by their hash. */
export function promptVersions(prompts: Prompts): Record<string, string> {
  return Object.fromEntries(makersOf(prompts).map(({ promptVersion, hash }) => [hash, promptVersion]))
}

/** The words of those that are not in our own, by name. */
export function ownWording(prompts: Prompts): Record<string, Wording> {
  const own = makersOf(prompts).filter(({ isOwn }) => isOwn)
  return Object.fromEntries(own.map(({ name, wording }) => [name, wording]))
}
