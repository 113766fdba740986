/** Prompts in words of one's own: the instructions of a step, while what it shows and the form of its answers stay. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { OUR_PROMPTS, PROMPT_NAMES, type PromptName, type Prompts } from '../prompts/prompts.ts'
import type { Report } from './checks.ts'
import { type IssueDetail, shortened } from './errors.ts'

/** Far more than instructions ever need: what is longer is another file than was meant. */
const LONGEST_WORDS = 20_000

const words = z
  .strictObject({
    text: z
      .string()
      .optional()
      .describe('What is to be done with the material shown, in place of our own words; default: ours.'),
    file: z
      .string()
      .min(1)
      .optional()
      .describe('The same from a text file, beside this file, e.g. "prompts/summarize.md"; default: none.'),
    system: z
      .string()
      .optional()
      .describe('Who the model is and what it attends to: the system message; default: ours.'),
    systemFile: z
      .string()
      .min(1)
      .optional()
      .describe('The same from a text file, beside this file; default: none.'),
  })
  .refine(({ text, file }) => text === undefined || file === undefined, {
    error: 'the words are given once, as `text` or in a `file`',
  })
  .refine(({ system, systemFile }) => system === undefined || systemFile === undefined, {
    error: 'the system message is given once, as `system` or in a `systemFile`',
  })
  .optional()

const FORM = '{ text or file, system or systemFile }; default: our own words.'

/** The section `prompts`. */
export const promptsSection = z.strictObject({
  generate: words.describe(`Asks for a path: ${FORM}`),
  verify: words.describe(`Asks the judge about a path: ${FORM}`),
  rank: words.describe(`Asks for the best two paths: ${FORM}`),
  refine: words.describe(`Asks for a path to be mended: ${FORM}`),
  consistency: words.describe(`Asks whether a mended path contradicts itself: ${FORM}`),
  regenerate: words.describe(`Asks for a path to a difficult question: ${FORM}`),
  summarize: words.describe(`Asks for the summary of a path: ${FORM}`),
  score: words.describe(`Asks for the scores of a path: ${FORM}`),
  scoreItem: words.describe(`Asks for the scores of an item of another dataset: ${FORM}`),
} satisfies Record<PromptName, unknown>)

type Words = NonNullable<z.output<typeof promptsSection>[PromptName]>

/**
 * The prompts that the section asks for. Texts that will not do are reported, and our own words stand in for them.
 * @param folder what the files are seen from
 */
export function resolvePrompts(
  section: z.output<typeof promptsSection> | undefined,
  folder: string,
  report: Report,
): Prompts {
  const worded = PROMPT_NAMES.map((name) => {
    const given = section?.[name]
    return [name, given === undefined ? OUR_PROMPTS[name] : reworded(name, given, folder, report)]
  })
  return Object.fromEntries(worded) as Prompts
}

/** Where either part of the words is given: in the configuration itself, or in a file. */
const PLACES = { task: ['text', 'file'], system: ['system', 'systemFile'] } as const

function reworded(name: PromptName, given: Words, folder: string, report: Report): Prompts[PromptName] {
  const own: { task?: string; system?: string } = {}
  for (const part of ['task', 'system'] as const) {
    const [inline, file] = PLACES[part]
    const path = given[file]
    const read = path === undefined ? given[inline] : readWords(resolve(folder, path))
    if (read === undefined) continue
    const checked = typeof read === 'string' ? checkedWords(name, read) : read
    if (typeof checked === 'string') own[part] = checked
    else report(['prompts', name, path === undefined ? inline : file], checked)
  }
  return OUR_PROMPTS[name].reworded(own)
}

/** What a file holds, or why that cannot be told. */
function readWords(path: string): string | IssueDetail {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return unusable(`${path} is no text in UTF-8`)
    return unusable(code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read (${code})`)
  }
}

/** The words without what depends on the system they were written on, or why they will not do. */
function checkedWords(name: PromptName, words: string): string | IssueDetail {
  const tidied = words.replace(/\r\n?/g, '\n').trim()
  if (tidied === '') return unusable('there are no words in it')
  if (tidied.length > LONGEST_WORDS) {
    return unusable(`it is ${tidied.length} characters long, and at most ${LONGEST_WORDS} may be`)
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what holds them is no text
  if (/[\u0000-\u0008]/.test(tidied)) return unusable('it holds control characters')
  const placeholder = PLACEHOLDER.exec(tidied)
  return placeholder === null ? tidied : unfilled(name, tidied, placeholder)
}

function unfilled(name: PromptName, words: string, { 0: placeholder, index }: RegExpExecArray): IssueDetail {
  const line = words.slice(0, index).split('\n').length
  const titles = OUR_PROMPTS[name].titles.join(', ')
  return {
    code: 'NF_CONFIG_PROMPT',
    what: `nothing is filled in for the placeholder ${shortened(placeholder)} (line ${line} of the words)`,
    remedy: `Leave it out and speak of what stands above the words, in blocks of its own: ${titles}.`,
  }
}

// Mustache and its kin with anything in it; single braces only around what a prompt might have to show.
const PLACEHOLDER =
  /\{\{[^{}\n]*\}\}|\$?\{\s*(?:question|stem|context|passages?|options?|choices|answers?|keys?|labels?|cot|reasoning|paths?|candidates?|remarks?|reasons?|earlier|attempt|response|prompt|input|material)\s*\}/i

function unusable(what: string): IssueDetail {
  return {
    code: 'NF_CONFIG_PROMPT',
    what,
    remedy:
      'Give instructions as plain text, or delete the key for our own (docs/prompts.md); files are seen from the folder of the configuration.',
  }
}
