import { parseConfig } from '../../../config/config.ts'
import { ConfigError, type Problem } from '../../../config/errors.ts'
import type { Config } from '../../../config/types.ts'

/** The paper's setting: three models at three temperatures. */
export const EXAMPLE = `\
pipeline: reasonmed
endpoints:
  lab:    { baseURL: "http://10.0.0.5:8000/v1/", apiKeyEnv: LAB_API_KEY, maxConcurrency: 256 }
  openai: { baseURL: "https://api.openai.com/v1", apiKeyEnv: OPENAI_API_KEY, requestsPerMinute: 5000 }
models:
  qwen:   { endpoint: lab, model: Qwen2.5-72B-Instruct, price: { input: 0.4, output: 1.2 } }
  huatuo: { endpoint: lab, model: HuatuoGPT-o1-70B, price: { input: 0.4, output: 1.2 } }
  r1:     { endpoint: lab, model: DeepSeek-R1-Distill-Llama-70B, price: { input: 0.4, output: 1.2 } }
  mini:   { endpoint: openai, model: gpt-4o-mini, price: { input: 0.15, output: 0.60 } }
  gpt4o:  { endpoint: openai, model: gpt-4o, price: { input: 2.5, output: 10 } }
  o1:     { endpoint: openai, model: o1, params: { temperature: null, max_completion_tokens: 16384 }, price: { input: 15, output: 60 } }
samplers:
  - { model: qwen,   temperature: [0.7, 0.9, 1.0], topP: 0.9, maxTokens: 8192 }
  - { model: huatuo, temperature: [0.7, 0.9, 1.0], topP: 0.9, maxTokens: 8192 }
  - { model: r1,     temperature: [0.7, 0.9, 1.0], topP: 0.9, maxTokens: 8192 }
roles: { verify: qwen, rank: { model: qwen, temperature: 0, maxTokens: 1024 }, refine: mini, regenerate: o1, summarize: mini, score: gpt4o }
triage: { easy: { maxErrors: 4 }, medium: { maxErrors: 7 }, missing: wait }
regenerate: { tries: 3, showKey: lastTry }
budget: { usd: 500 }
`

/** Two samplers, nothing optional: short enough to change in a test. */
export const SMALL = `\
pipeline: small
endpoints:
  lab: { baseURL: "http://localhost:8000/v1" }
models:
  a: { endpoint: lab, model: model-a }
  b: { endpoint: lab, model: model-b }
samplers:
  - { model: a, temperature: 0.7 }
  - { model: b, temperature: 0.7 }
roles: { verify: a, rank: a, refine: b, regenerate: b, summarize: b }
triage: { easy: { maxErrors: 0 }, medium: { maxErrors: 1 } }
`

/** Parses a text as `ninefold.yaml`. */
export function parse(text: string, edition?: string, set?: readonly string[]): Config {
  return parseConfig(text, 'ninefold.yaml', { edition, set })
}

/** The text with one place changed; fails when the place is not there, so that no test passes by mistake. */
export function changed(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the example holds no ${JSON.stringify(from)}`)
  return text.replace(from, to)
}

/** The error the text must give. */
export function errorOf(text: string, set?: readonly string[]): ConfigError {
  try {
    parse(text, undefined, set)
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('the text was accepted')
}

/** The only problem the text must have. */
export function problemOf(text: string): Problem {
  const { problems, message } = errorOf(text)
  if (problems.length !== 1) throw new Error(`expected one problem:\n${message}`)
  return problems[0]!
}
