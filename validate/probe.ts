/** One small real call to a model at an endpoint: whether it is there, lets us in, answers, and what it can do. */
import { z } from 'zod'
import { type Asking, askingsOf } from '../config/askings.ts'
import type { Config, Endpoint, ModelSpec } from '../config/types.ts'
import type { StructuredRequest } from '../models/ask.ts'
import { systemClock } from '../models/clock.ts'
import { costNanoUsd } from '../models/cost.ts'
import { FORMS, USUAL } from '../models/dialect.ts'
import { type ChatEndpoint, connectEndpoint } from '../models/endpoint.ts'
import { CallFailure } from '../models/errors.ts'
import { isCut } from '../models/finish.ts'
import { type PlannedCall, planShaped } from '../models/plan.ts'
import { separateReasoning } from '../models/reasoning.ts'
import { refusedParameter } from '../models/refusal.ts'
import type { ChatReply } from '../models/reply.ts'
import { readShape } from '../models/shape.ts'

/** A model as one endpoint serves it, and a setting it is used with. */
export interface ProbeTarget {
  readonly endpoint: Endpoint
  readonly model: ModelSpec
  readonly asking: Asking
}

/** What the call showed. */
export interface Probe {
  readonly endpoint: string
  /** The model string. */
  readonly model: string
  readonly simulated: boolean
  /** null when it answered. */
  readonly failure: Error | null
  /** Parameters of the configuration that it does not take. */
  readonly refused: readonly string[]
  /** How it is told the shape of an answer; null when it did not answer. */
  readonly form: (typeof FORMS)[number] | null
  /** Whether its answer had that shape; null when it was cut, or there was none. */
  readonly fits: boolean | null
  /** Where it thinks: in a field of its own, in the answer's text, or nowhere to be seen. */
  readonly reasoning: 'field' | 'text' | 'none'
  /** The temperature that was sent and taken; null when none was. */
  readonly temperature: number | null
  /** null when it does not report them. */
  readonly promptTokens: number | null
  readonly completionTokens: number | null
  /** Billionths of a US dollar; null = unknown. */
  readonly costNanoUsd: number | null
  readonly latencyMs: number
}

/** Longest answer of a probe, in tokens: room for a model that thinks first. */
export const PROBE_TOKENS = 1024
const TIMEOUT_MS = 120_000
/** Each refusal teaches one thing; more of them than there are things to learn is a server that refuses all. */
const MOST_ATTEMPTS = 8

const shape = z.strictObject({ organ: z.string() })
const MESSAGES = [
  {
    role: 'user',
    content: 'Which organ pumps the blood? Answer with a JSON object: {"organ": "<one word>"}.',
  },
] as const

/** Every model at every endpoint that serves it, each once, at a setting that sends as much as any. */
export function probeTargets(config: Config): ProbeTarget[] {
  const byModel = Map.groupBy(askingsOf(config), ({ model }) => model.name)
  return [...byModel.values()].flatMap((askings) => {
    const asking = askings.find(({ temperature }) => temperature !== null) ?? askings[0]!
    return asking.model.endpoints.flatMap((name) => {
      const endpoint = config.endpoints[name]
      return endpoint === undefined ? [] : [{ endpoint, model: asking.model, asking }]
    })
  })
}

/** Makes the call. What goes wrong is part of what it shows. */
export async function probe(target: ProbeTarget, environment: NodeJS.ProcessEnv): Promise<Probe> {
  const { endpoint, model } = target
  const shown = { endpoint: endpoint.name, model: model.model, simulated: endpoint.simulated !== null }
  const began = performance.now()
  try {
    const server = connectEndpoint(endpoint, systemClock, environment)
    try {
      const outcome = await converse(server, requestFor(target))
      return { ...shown, failure: null, ...outcome, costNanoUsd: costNanoUsd(outcome, model.price) }
    } finally {
      await server.close()
    }
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error))
    return { ...shown, ...NOTHING, failure, latencyMs: performance.now() - began }
  }
}

type Outcome = Omit<Probe, 'endpoint' | 'model' | 'simulated' | 'failure' | 'costNanoUsd'>

const NOTHING = {
  refused: [],
  form: null,
  fits: null,
  reasoning: 'none',
  temperature: null,
  promptTokens: null,
  completionTokens: null,
  costNanoUsd: null,
} as const

function requestFor({ model, asking }: ProbeTarget): StructuredRequest<z.infer<typeof shape>> {
  const limited = Object.entries(model.params).map(([name, value]) => [
    name,
    /^max_(completion_)?tokens$/.test(name) ? PROBE_TOKENS : value,
  ])
  return {
    step: 'validate',
    questionId: '',
    model: { ...model, params: Object.fromEntries(limited) },
    messages: MESSAGES,
    temperature: asking.temperature,
    topP: asking.topP,
    maxTokens: PROBE_TOKENS,
    shapeName: 'probe',
    shape,
  }
}

/** Sends the request, each time as the last refusal taught, until it is answered. @throws what no other way would mend. */
async function converse(
  server: ChatEndpoint,
  request: StructuredRequest<z.infer<typeof shape>>,
): Promise<Outcome> {
  const refused: string[] = []
  let asked = request
  let call = planShaped(asked, MESSAGES, false)
  let dialect = USUAL
  for (let attempt = 1; ; attempt++) {
    const began = performance.now()
    try {
      const reply = await server.send(call.body(dialect), AbortSignal.timeout(TIMEOUT_MS))
      const latencyMs = performance.now() - began
      return {
        ...shownBy(reply),
        refused,
        form: FORMS[dialect.form] ?? null,
        latencyMs,
        temperature: asked.temperature,
      }
    } catch (error) {
      if (!(error instanceof CallFailure) || attempt === MOST_ATTEMPTS) throw error
      const next = call.next(dialect, error)
      const parameter = next === null ? parameterRefused(call, error) : null
      if (next === null && parameter === null) throw error
      dialect = next ?? dialect
      if (parameter === null) continue
      refused.push(parameter)
      asked = without(asked, parameter)
      call = planShaped(asked, MESSAGES, false)
    }
  }
}

function parameterRefused(call: PlannedCall, { disposition, said }: CallFailure): string | null {
  return disposition === 'refused' ? refusedParameter(said, call.parameters()) : null
}

function without<T>(request: StructuredRequest<T>, parameter: string): StructuredRequest<T> {
  const { [parameter]: _refused, ...params } = request.model.params
  return {
    ...request,
    model: { ...request.model, params },
    temperature: parameter === 'temperature' ? null : request.temperature,
    topP: parameter === 'top_p' ? null : request.topP,
  }
}

function shownBy(
  reply: ChatReply,
): Pick<Outcome, 'fits' | 'reasoning' | 'promptTokens' | 'completionTokens'> {
  const { content, finishReason, promptTokens, completionTokens } = reply
  const { reasoning, text } = separateReasoning(content, reply.reasoning)
  const isOwnField = (reply.reasoning ?? '') !== ''
  return {
    fits: isCut(finishReason) ? null : readShape(text, shape).ok,
    reasoning: isOwnField ? 'field' : reasoning === '' ? 'none' : 'text',
    promptTokens,
    completionTokens,
  }
}
