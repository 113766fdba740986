import { RecordError } from '../streams/processor.ts'
import type { Answer, Message, StructuredAnswer, StructuredRequest } from './ask.ts'
import { isCut, isFiltered } from './finish.ts'
import { instruction, type PlannedCall, planShaped } from './plan.ts'
import { roomierAfter } from './request.ts'
import { readShape, type ShapeResult, schemaText } from './shape.ts'

/** The longest complaint sent back to a model, in characters. */
const LONGEST_COMPLAINT = 2000

/** Asks one planned call. */
export type AskPlanned = (call: PlannedCall) => Promise<Answer>

/**
 * Asks for a value of a shape. An answer cut at its limit is asked for again where the request has more room to
 * give; one that will not do goes back once, with what is wrong with it and the schema, which the endpoint may have
 * been told and not have heeded.
 * @throws {RecordError} `malformed-answer` when that did not help either; `content-filter` when it was filtered.
 */
export async function askStructured<T>(
  request: StructuredRequest<T>,
  ask: AskPlanned,
): Promise<StructuredAnswer<T>> {
  const answers: Answer[] = []
  let asked = request
  const send = async (messages: readonly Message[], told: boolean): Promise<ShapeResult<T>> => {
    const answer = await ask(planShaped(asked, messages, told))
    answers.push(answer)
    return readAnswer(answer, request)
  }
  let result = await send(request.messages, false)
  const roomy = roomierAfter(answers.at(-1)!, request)
  if (!result.ok && roomy !== null) {
    asked = roomy
    result = await send(request.messages, false)
  }
  if (!result.ok) {
    const repair = repairMessages(answers.at(-1)!, result.complaint, schemaText(request.shape))
    result = await send([...request.messages, ...repair], true)
  }
  const last = answers.at(-1)!
  if (!result.ok) throw malformed(last, answers.length, request.shapeName, result.complaint)
  return { value: result.value, answer: last, requestHashes: answers.map(({ requestHash }) => requestHash) }
}

function readAnswer<T>(answer: Answer, { shape, shapeName, check }: StructuredRequest<T>): ShapeResult<T> {
  const result = readShape(answerIn(answer), shape, check)
  if (result.ok || !isFiltered(answer.finishReason)) return result
  const message = `a content filter cut off the ${shapeName} that ${answer.model} was giving`
  throw new RecordError('content-filter', message, answer.text)
}

/** Servers that split off reasoning have been seen to take an answer that is nothing but JSON for reasoning. */
function answerIn({ text, reasoning }: Answer): string {
  return text === '' && reasoning.startsWith('{') && reasoning.endsWith('}') ? reasoning : text
}

function malformed(answer: Answer, answers: number, shapeName: string, complaint: string): RecordError {
  const cut = isCut(answer.finishReason) ? ', cut at the token limit' : ''
  const message = `${answer.model} gave no valid ${shapeName} in ${answers} answers${cut}: ${shorten(complaint)}`
  return new RecordError('malformed-answer', message, answer.text)
}

function repairMessages(answer: Answer, complaint: string, schema: string): Message[] {
  const cut = isCut(answer.finishReason) ? ' It was also cut off at the token limit: be brief.' : ''
  return [
    // Some endpoints refuse a message without content.
    { role: 'assistant', content: answer.text === '' ? '(no answer)' : answer.text },
    {
      role: 'user',
      content: `That answer cannot be used: ${shorten(complaint)}.${cut} ${instruction(schema)}`,
    },
  ]
}

function shorten(text: string): string {
  return text.length > LONGEST_COMPLAINT ? `${text.slice(0, LONGEST_COMPLAINT - 1)}…` : text
}
