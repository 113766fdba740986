/** A built-in prompt: always material, task and form, of which the task may be put in other words. */
import type { z } from 'zod'
import { type Block, fencedMessage } from './fence.ts'
import { definePrompt, type Prompt } from './prompt.ts'

/** The words of a prompt that may be other ones: neither what is shown nor the form of the answer is among them. */
export interface Wording {
  /** Who the model is and what it attends to: the system message. */
  readonly system: string
  /** What is to be done with the material shown. */
  readonly task: string
}

/** A prompt whose instructions can be other ones. */
export interface RewordablePrompt<V> extends Prompt<V> {
  readonly wording: Wording
  /** Whether these words are somebody's own; then `promptVersion` ends in "+" and digits that follow from them. */
  readonly isOwn: boolean
  /** How the answer is to be given, said behind the task whatever its words are; empty for free text. */
  readonly form: string
  /** What the blocks of material are called. */
  readonly titles: readonly string[]
  /** The same prompt in other words. In the same words it is this very prompt. */
  reworded(words: Partial<Wording>): RewordablePrompt<V>
}

/** What such a prompt is made of. */
export interface RewordableSpec<V> extends Wording {
  readonly name: string
  readonly version: string
  /** How the answer is to be given, so that code can read it; left out = free text. */
  readonly form?: string
  /** The material. Untrusted text stands nowhere else. */
  readonly blocks: (values: V) => readonly Block[]
  /** What is said of this material alone, between task and form, a paragraph each; left out = nothing. */
  readonly asides?: (values: V) => readonly string[]
  /** Placeholders that walk through every branch of `blocks` and `asides`, so that the hash sees all of the words. */
  readonly samples: readonly V[]
  /** The answer's shape; left out = free text. */
  readonly shape?: z.ZodType
}

/** So many digits of the hash tell own words apart in a version. */
const VERSION_DIGITS = 8

/** Makes a prompt and its hash. */
export function defineRewordable<V>(spec: RewordableSpec<V>): RewordablePrompt<V> {
  const { name, version, system, task, form = '', blocks, samples, shape } = spec
  const render = (values: V) => [
    { role: 'system' as const, content: system },
    { role: 'user' as const, content: fencedMessage(blocks(values), instructionsOf(spec, values)) },
  ]
  const prompt: RewordablePrompt<V> = {
    ...definePrompt({ name, version, render, samples, shape }),
    wording: { system, task },
    isOwn: false,
    form,
    titles: [...new Set(samples.flatMap((values) => blocks(values).map(({ title }) => title)))],
    reworded: (words) => {
      const other = defineRewordable({ ...spec, ...words })
      if (other.hash === prompt.hash) return prompt
      return {
        ...other,
        promptVersion: `${other.promptVersion}+${other.hash.slice(0, VERSION_DIGITS)}`,
        isOwn: true,
        reworded: (more) => prompt.reworded({ ...words, ...more }),
      }
    },
  }
  return prompt
}

/** Behind a task of several lines the form begins a line of its own. */
function instructionsOf<V>({ task, asides, form = '' }: RewordableSpec<V>, values: V): string {
  const said = [task, ...(asides?.(values) ?? [])].join('\n')
  if (form === '') return said
  return `${said}${said.includes('\n') ? '\n' : ' '}${form}`
}
