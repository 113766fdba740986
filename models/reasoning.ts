/** A model's output taken apart. */
export interface Separated {
  /** What it thought; empty when it does not tell. */
  readonly reasoning: string
  /** What it answered. */
  readonly text: string
}

/** `<think>` and its spellings: any case, blanks inside the brackets, attributes, thinking, thought. */
const THINK_TAG = /<[ \t]*(\/?)[ \t]*(?:think|thinking|thought)(?:[ \t][^<>\n]*)?\/?>/gi

/** The heading HuatuoGPT-o1 puts before its thoughts, at the very start of its output. */
const THINKING_HEADING = /^\s*#{1,6}[ \t*]*thinking[ \t:*\r]*(?:\n|$)/i
/** The heading it puts before its answer. */
const RESPONSE_HEADING = /^[ \t]*#{1,6}[ \t*]*final[ \t]+(?:response|answer)[ \t:*\r]*$/gim

/**
 * Tells a model's reasoning from its answer, wherever its server put it: a field of its own, think tags (also
 * one never closed, as in an answer cut short, or only the closing one, where the chat template wrote the
 * opening one), other models' signs for them, the channels of the harmony format, or the headings "## Thinking" and "## Final Response". Neither part holds a think tag, and
 * no other word is lost.
 * @param content the message's content.
 * @param field the message's own field for reasoning, where the server has one.
 */
export function separateReasoning(content: string, field: string | null = null): Separated {
  const untagged = splitTags(withThinkTags(content))
  const unheaded = splitHeadings(untagged.text)
  const stripped = field === null ? '' : field.replace(THINK_TAG, '\n').trim()
  const parts = [stripped, untagged.reasoning, unheaded.reasoning].filter((part) => part !== '')
  return { reasoning: [...new Set(parts)].join('\n\n'), text: unheaded.text }
}

/** What other models write for a think tag: Magistral, Kimi, Command, Seed-OSS. */
const OTHER_TAGS = /\[(\/?)THINK\]|\u25c1(\/?)think\u25b7|<\|(?:START|(END))_THINKING\|>|<(\/?)seed:think>/g
/** A message of gpt-oss in the harmony format, where its server left the format's signs in the text. */
const CHANNEL =
  /(?:<\|start\|>\w*)?<\|channel\|>\s*(\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>([\s\S]*?)(?:<\|(?:end|return|call)\|>|(?=<\|(?:start|channel)\|>)|$)/g
/** The same where the server took out the signs and left the words. */
const CHANNEL_WORDS = /^analysis(?=\S)([\s\S]*)assistantfinal([\s\S]*)$/

/** The text with every other sign for reasoning as a think tag. */
function withThinkTags(content: string): string {
  const worded = CHANNEL_WORDS.exec(content)
  if (worded !== null) return `<think>${worded[1]}</think>${worded[2]}`
  if (!/[<[\u25c1]/.test(content)) return content
  const unchannelled = content.includes('<|channel|>')
    ? content.replace(CHANNEL, (_, channel: string, text: string) =>
        channel === 'final' ? text : `<think>${text}</think>`,
      )
    : content
  return unchannelled.replace(OTHER_TAGS, (_, ...closing: (string | undefined)[]) =>
    closing.slice(0, 4).some((sign) => sign) ? '</think>' : '<think>',
  )
}

/**
 * Inside tags is reasoning; so is all before a closing tag that nothing opened, unless that tag is a mere
 * leftover at the end of an answer whose reasoning has been told before.
 */
function splitTags(content: string): Separated {
  const tags = content.includes('<') ? [...content.matchAll(THINK_TAG)] : []
  if (tags.length === 0) return { reasoning: '', text: content.trim() }
  const pieces = piecesBetween(content, tags)
  const lastWords = pieces.findLastIndex((piece) => piece !== '')
  const thoughts: string[] = []
  let answers: string[] = []
  // Models name a tag while they think but never nest two, so the next closing tag always ends the thought.
  let thinking = false
  for (const [index, piece] of pieces.entries()) {
    if (piece !== '') (thinking ? thoughts : answers).push(piece)
    const tag = tags[index]
    if (tag === undefined || (tag[1] === '' && tag[0].endsWith('/>'))) continue
    const wasThinking = thinking
    thinking = tag[1] === ''
    if (thinking || wasThinking) continue
    if (lastWords > index || thoughts.length === 0) {
      for (const answer of answers) thoughts.push(answer)
      answers = []
    }
  }
  // A line break between pieces, so that no two halves of a tag can meet.
  return { reasoning: thoughts.join('\n\n'), text: answers.join('\n\n') }
}

/** What stands before, between and behind the tags, without the white space around. */
function piecesBetween(content: string, tags: readonly RegExpExecArray[]): string[] {
  const ends = [...tags.map((tag) => tag.index), content.length]
  const starts = [0, ...tags.map((tag) => tag.index + tag[0].length)]
  return ends.map((end, index) => content.slice(starts[index], end).trim())
}

/** Only where the output begins with the one heading and the other follows; else it is the answer's own layout. */
function splitHeadings(text: string): Separated {
  const opening = THINKING_HEADING.exec(text)
  if (opening === null) return { reasoning: '', text }
  const closing = [...text.matchAll(RESPONSE_HEADING)].at(-1)
  if (closing === undefined) return { reasoning: '', text }
  return {
    reasoning: text.slice(opening[0].length, closing.index).trim(),
    text: text.slice(closing.index + closing[0].length).trim(),
  }
}
