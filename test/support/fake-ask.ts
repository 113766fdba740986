import type { Answer, Ask, StructuredAnswer, StructuredRequest, TextRequest } from '../../models/ask.ts'
import { contentId } from '../../schemas/ids.ts'
import { RecordError } from '../../streams/processor.ts'

/** What kind of request it is: the step, or the shape's name for a second prompt of a step. */
export type RequestKind =
  | 'generate'
  | 'verify'
  | 'control'
  | 'rank'
  | 'refine'
  | 'consistency'
  | 'regenerate'
  | 'summarize'
  | 'score'

/** An answer for a request: a text, or parts of an answer. */
export type Scripted = string | Partial<Answer>

/** What to answer by kind; called with the request and the number of requests of that kind so far, from 1. */
export type Script = Partial<Record<RequestKind, (request: TextRequest, nth: number) => Scripted>>

/** A chain of thought long enough for every check, with an answer. */
export function reasoned(answer: string): string {
  return `${'The findings are weighed option by option, and those that do not fit are ruled out. '.repeat(8)}\nFinal answer: ${answer}`
}

/** Answers in memory: text by a script or a fixed rule, structured by parsing and checking what the script says. */
export class FakeAsk implements Ask {
  readonly requests: TextRequest[] = []
  readonly #script: Script

  constructor(script: Script = {}) {
    this.#script = script
  }

  /** The requests of a kind, in order. */
  of(kind: RequestKind): TextRequest[] {
    return this.requests.filter((request) => kindOf(request) === kind)
  }

  async text(request: TextRequest): Promise<Answer> {
    return this.#answer(request)
  }

  async structured<T>(request: StructuredRequest<T>): Promise<StructuredAnswer<T>> {
    const first = this.#answer(request)
    const parsed = read(first, request)
    if (parsed.complaint === null)
      return { value: parsed.value, answer: first, requestHashes: [first.requestHash] }
    const messages = [...request.messages, { role: 'user' as const, content: parsed.complaint }]
    const second = this.#answer({ ...request, messages })
    const repaired = read(second, request)
    if (repaired.complaint !== null)
      throw new RecordError('malformed-answer', repaired.complaint, second.text)
    return { value: repaired.value, answer: second, requestHashes: [first.requestHash, second.requestHash] }
  }

  #answer(request: TextRequest): Answer {
    this.requests.push(request)
    const kind = kindOf(request)
    const scripted = this.#script[kind]?.(request, this.of(kind).length) ?? usual(kind, request)
    const parts = typeof scripted === 'string' ? { text: scripted } : scripted
    const { model, messages, temperature, topP, maxTokens, sample = 1, try: n = 1 } = request
    return {
      requestHash: contentId('request', model.model, messages, temperature, topP, maxTokens, sample, n),
      model: model.model,
      reasoning: '',
      text: '',
      finishReason: 'stop',
      promptTokens: 100,
      completionTokens: 50,
      ...parts,
    }
  }
}

/** What kind of request it is. */
export function kindOf(request: TextRequest & { shapeName?: string }): RequestKind {
  if (request.shapeName === 'consistency') return 'consistency'
  return request.step === 'score.datasets' ? 'score' : (request.step as RequestKind)
}

/** Without a script: everyone answers A, judges find it Correct and controls Error, rankers take the first two. */
function usual(kind: RequestKind, request: TextRequest): string {
  if (kind === 'verify') return JSON.stringify({ verdict: 'Correct', reason: 'It holds.' })
  if (kind === 'control') return JSON.stringify({ verdict: 'Error', reason: 'It argues for another option.' })
  if (kind === 'consistency') return JSON.stringify({ consistent: true, reason: 'It agrees with itself.' })
  if (kind === 'score') return scoring(8, 7, 8, 9)
  if (kind === 'rank') return ranking(request, 'P1', 'P2')
  return reasoned('A')
}

/** A scorer's answer: clinical accuracy, logic, factual correctness, completeness. */
export function scoring(...scores: [number, number, number, number]): string {
  const criteria = ['clinicalAccuracy', 'logic', 'factualCorrectness', 'completeness']
  const graded = criteria.map((name, at) => [
    name,
    { score: scores[at], justification: `Because of ${name}.` },
  ])
  return JSON.stringify(Object.fromEntries(graded))
}

/** A ranker's answer that chooses two of the labels in its request. */
export function ranking(request: TextRequest, ...best: string[]): string {
  const labels = [...promptText(request).matchAll(/<<<REASONING (P\d+) /g)].map((found) => found[1] ?? '')
  const notes = Object.fromEntries(
    labels.map((label) => [label, best.includes(label) ? '' : `Not ${label}.`]),
  )
  return JSON.stringify({ best, notes })
}

/** All that a request says. */
export function promptText(request: TextRequest): string {
  return request.messages.map(({ content }) => content).join('\n')
}

function read<T>(
  answer: Answer,
  { shape, check }: StructuredRequest<T>,
): { complaint: null; value: T } | { complaint: string } {
  let json: unknown
  try {
    json = JSON.parse(answer.text)
  } catch {
    return { complaint: 'not JSON' }
  }
  const parsed = shape.safeParse(json)
  if (!parsed.success) return { complaint: parsed.error.message }
  const complaint = check?.(parsed.data) ?? null
  return complaint === null ? { complaint, value: parsed.data } : { complaint }
}
