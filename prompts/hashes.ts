import { consistencyPrompt } from './consistency.ts'
import { generatePrompt } from './generate.ts'
import { rankPrompt } from './rank.ts'
import { refinePrompt } from './refine.ts'
import { regeneratePrompt } from './regenerate.ts'
import { summarizePrompt } from './summarize.ts'
import { verifyPrompt } from './verify.ts'

const PROMPTS = [
  generatePrompt,
  verifyPrompt,
  rankPrompt,
  refinePrompt,
  consistencyPrompt,
  regeneratePrompt,
  summarizePrompt,
]

/** The hash of every prompt by its name: other words are another edition. */
export function promptHashes(): Record<string, string> {
  return Object.fromEntries(PROMPTS.map(({ name, hash }) => [name, hash]))
}

/** `name@version` of every prompt by its hash. */
export function promptVersions(): Record<string, string> {
  return Object.fromEntries(PROMPTS.map(({ promptVersion, hash }) => [hash, promptVersion]))
}
