/**
 * What datasets of answers look like, whoever made them: Alpaca, ShareGPT, OpenAI messages, prompt and completion (texts
 * or messages), question with reasoning and response, and with them our own exports. Told by their columns, row by row.
 */
import { LineError } from './line-problem.ts'
import { cleanText } from './question-text.ts'
import type { Fields } from './row.ts'

/** What was asked, and what was answered. */
export interface Answered {
  readonly prompt: string
  /** What was thought apart from the answer; empty where nothing was. */
  readonly reasoning: string
  readonly response: string
}

/** Whole conversations: all but the last turn was asked. */
const CONVERSATIONS = ['messages', 'conversations', 'conversation']
/** By what holds it, in the order they are looked for; without regard to capitals. */
const PROMPTS = ['prompt', 'instruction', 'question', 'query', 'problem']
const REASONINGS = ['complex_cot', 'reasoning', 'reasoning_content', 'reasoning (reasoning_content)', 'cot']
const RESPONSES = ['completion', 'response', 'response (content)', 'output', 'answer']
const ASSISTANTS = ['assistant', 'gpt', 'model', 'bot', 'chatgpt']
const KNOWN =
  'Known are "messages" or "conversations", "instruction" (with "input") and "output", "prompt" and "completion", "question" with "reasoning" and "response".'

/** One turn of a conversation. */
interface Turn {
  readonly who: string
  readonly text: string
  readonly reasoning: string
}

/** The answer in a row. @throws {LineError} when there is none. */
export function answeredIn(fields: Fields): Answered {
  const row = new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]))
  const conversation = CONVERSATIONS.find((name) => Array.isArray(row.get(name)))
  if (conversation !== undefined)
    return lastAnswer(turnsOf(row.get(conversation), conversation), conversation)
  if (row.has('options')) {
    throw new LineError('this is a question with its options, and no answer was written to it', KNOWN)
  }
  const [prompt, promptName] = firstOf(row, PROMPTS)
  const [response, responseName] = firstOf(row, RESPONSES)
  const [reasoning] = firstOf(row, REASONINGS)
  if (promptName === null || (responseName === null && reasoning === undefined)) throw unknown(fields)
  return checked({
    prompt: [wordsOf(prompt, promptName), wordsOf(row.get('input'), 'input')].filter(Boolean).join('\n\n'),
    reasoning: wordsOf(reasoning, 'reasoning'),
    response: wordsOf(response, responseName ?? 'response'),
  })
}

function firstOf(row: ReadonlyMap<string, unknown>, names: readonly string[]): [unknown, string | null] {
  const name = names.find((one) => row.get(one) !== undefined && row.get(one) !== null)
  return name === undefined ? [undefined, null] : [row.get(name), name]
}

function unknown(fields: Fields): LineError {
  const columns = Object.keys(fields).slice(0, 20).join(', ')
  return new LineError(
    `no known form of question and answer (there are ${columns || 'no columns'})`,
    `Rename its columns. ${KNOWN}`,
  )
}

/** A text, or messages one after the other. */
function wordsOf(value: unknown, name: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return cleaned(value)
  return turnsOf(value, name)
    .map(({ text }) => text)
    .join('\n\n')
}

function lastAnswer(turns: readonly Turn[], name: string): Answered {
  const at = turns.findLastIndex(({ who }) => ASSISTANTS.includes(who))
  const last = turns[at]
  if (last === undefined) {
    throw new LineError(
      `nobody answers in "${name}"`,
      `The last turn must be of ${ASSISTANTS.slice(0, 2).join(' or ')}.`,
    )
  }
  const asked = turns.slice(0, at).filter(({ who }) => who !== 'system')
  const prompt =
    asked.length === 1 ? asked.map(({ text }) => text) : asked.map(({ who, text }) => `${who}: ${text}`)
  return checked({ prompt: prompt.join('\n\n'), reasoning: last.reasoning, response: last.text })
}

function turnsOf(value: unknown, name: string): Turn[] {
  if (!Array.isArray(value)) throw new LineError(`"${name}" is neither a text nor a list of messages`, KNOWN)
  return value.map((turn: unknown) => {
    const { role, from, content, value: said, reasoning_content: thought } = objectOf(turn, name)
    const who = role ?? from
    if (typeof who !== 'string') {
      throw new LineError(
        `a turn of "${name}" does not say whose it is`,
        'Give each a "role" and "content", or "from" and "value".',
      )
    }
    const reasoning = typeof thought === 'string' ? cleaned(thought) : ''
    return { who: who.toLowerCase(), text: contentOf(content ?? said, name), reasoning }
  })
}

/** A text, or parts of which those that are text count. */
function contentOf(value: unknown, name: string): string {
  if (typeof value === 'string') return cleaned(value)
  if (value === null || value === undefined) return ''
  if (!Array.isArray(value)) throw new LineError(`a turn of "${name}" holds no text`, KNOWN)
  const texts = value.map((part: unknown) => objectOf(part, name).text)
  return cleaned(texts.filter((text) => typeof text === 'string').join('\n'))
}

function objectOf(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new LineError(`"${name}" holds something else than messages`, KNOWN)
}

function checked(answered: Answered): Answered {
  if (answered.prompt === '') throw new LineError('what was asked is empty', 'Give the question a text.')
  if (answered.reasoning === '' && answered.response === '') {
    throw new LineError('the answer is empty', 'Leave the line out.')
  }
  return answered
}

function cleaned(text: string): string {
  return cleanText(text.toWellFormed())
}
