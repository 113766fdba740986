/**
 * What the pipeline is measured against, a child process: the official client in a loop, over the same
 * connection pool, as many calls at once, sending the same bodies; an answer is parsed and dropped.
 */
import OpenAI from 'openai'
import { Pool } from 'undici'
import { loadConfig } from '../config/config.ts'
import { poolFetch } from '../models/pool-fetch.ts'
import { bodyFields, bodyText } from '../models/request.ts'
import { schemaText } from '../models/shape.ts'
import { verifyShape } from '../prompts/verify.ts'
import type { Question } from '../schemas/types.ts'
import { type Order, report } from './messages.ts'

type Body = Parameters<OpenAI['chat']['completions']['create']>[0] & { stream?: false }

const config = await loadConfig(process.argv[2]!)
const endpoint = Object.values(config.endpoints)[0]!
const pool = new Pool(new URL(endpoint.baseURL).origin, { connections: endpoint.maxConcurrency })
const client = new OpenAI({
  baseURL: endpoint.baseURL,
  apiKey: 'none',
  maxRetries: 0,
  fetch: poolFetch(pool),
})

process.on('message', (order: Order) => void run(order.questions))
process.once('disconnect', () => process.exit())
report({ kind: 'ready' })

async function run(questions: readonly Question[]): Promise<void> {
  const bodies = await bodiesOf(questions)
  const started = performance.now()
  let next = 0
  const loop = async (): Promise<void> => {
    while (next < bodies.length) await client.chat.completions.create(bodies[next++]!)
  }
  await Promise.all(Array.from({ length: endpoint.maxConcurrency }, loop))
  report({
    kind: 'done',
    seconds: (performance.now() - started) / 1000,
    calls: bodies.length,
    transactions: { count: 0, records: 0, p50Ms: 0, p99Ms: 0 },
  })
}

/** The bodies the pipeline sends; the paths that are judged are of one answer, since all are equally long. */
async function bodiesOf(questions: readonly Question[]): Promise<Body[]> {
  const generate = questions.flatMap((question) =>
    config.samplers.map((sampler) => {
      const messages = config.prompts.generate.render({ question })
      return parsed({ ...sampler, step: 'generate', questionId: '', messages })
    }),
  )
  const answer = await client.chat.completions.create(generate[0]!)
  const cot = answer.choices[0]!.message.content ?? ''
  const schema: unknown = JSON.parse(schemaText(verifyShape))
  const response_format = { type: 'json_schema', json_schema: { name: 'verdict', schema, strict: true } }
  const verify = questions.map((question) => {
    const messages = config.prompts.verify.render({ question, cot })
    const body = parsed({ ...config.roles.verify, step: 'verify', questionId: '', messages })
    return { ...body, response_format } as Body
  })
  return [...generate, ...config.samplers.flatMap(() => verify)]
}

function parsed(request: Parameters<typeof bodyFields>[0]): Body {
  return JSON.parse(bodyText(bodyFields(request))) as Body
}
