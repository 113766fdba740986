/** Records as large as a raw path, of sentences people have written. */

const RECORD_BYTES = 5_000
const PATHS = 9

/**
 * Nine records a question, each of the question and of sentences of other questions in its reasoning's place. What
 * repeats itself is what does in life: the question in all nine, the names of fields in all.
 * @param jsonl questions, a line each, with `question` and `options`
 */
export function realLikeRecords(jsonl: string, count: number): string[] {
  const questions = jsonl
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { question: string; options?: object })
  const sentences = questions.flatMap(({ question }) => question.split(/(?<=[.?!]) +/))
  let state = 1
  // The same numbers every time (Numerical Recipes' generator).
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state
  }
  return Array.from({ length: count }, (_, at) => {
    const { question, options = {} } = questions[Math.floor(at / PATHS) % questions.length]!
    const pathId = [next(), next(), next(), next()].map((part) => part.toString(16).padStart(8, '0')).join('')
    let text = JSON.stringify({ pathId, sampler: at % PATHS, question, options })
    while (text.length < RECORD_BYTES) text += ` ${sentences[next() % sentences.length]}`
    return text
  })
}
