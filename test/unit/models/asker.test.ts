import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Asker } from '../../../models/asker.ts'
import { StepHalted } from '../../../models/errors.ts'
import { type FakeServer, fakeServer, refuse, reply, type Script } from './fake-server.ts'
import { askerAt, question, until } from './fixtures.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close()
})

async function start(script: Script, options: Parameters<typeof askerAt>[1] = {}) {
  const server: FakeServer = await fakeServer(script)
  const { asker, journal } = askerAt(server.baseURL, options)
  open.push(asker, server)
  return { server, asker, journal }
}

describe('an answer', () => {
  it('tells reasoning from text and is in the journal, with its price, before it is returned', async () => {
    const { asker, journal, server } = await start((_, response) => reply(response, '<think>why</think>B'))
    const answer = await asker.text(question('hi'))
    expect(answer).toMatchObject({ model: 'some-model', reasoning: 'why', text: 'B', finishReason: 'stop' })
    expect(server.bodies[0]).toEqual({
      model: 'some-model',
      messages: [{ role: 'user', content: 'hi' }],
      temperature: 0.7,
      max_tokens: 100,
    })
    expect(journal.calls).toHaveLength(1)
    expect(journal.calls[0]).toMatchObject({
      requestHash: answer.requestHash,
      step: 'verify',
      questionId: 'q1',
      endpoint: 'lab',
      status: 'answered',
      text: 'B',
      promptTokens: 10,
      completionTokens: 5,
      costNanoUsd: 4500,
      attempt: 1,
      error: null,
    })
  })

  it('takes reasoning from the message’s own field', async () => {
    const { asker } = await start((_, response) =>
      reply(response, { content: 'B', reasoning_content: 'why' }),
    )
    expect(await asker.text(question('hi'))).toMatchObject({ reasoning: 'why', text: 'B' })
  })

  it('has unknown tokens and price when the endpoint reports none', async () => {
    const { asker, journal } = await start((_, response) => reply(response, 'B', { usage: undefined }))
    expect(await asker.text(question('hi'))).toMatchObject({ promptTokens: null, completionTokens: null })
    expect(journal.calls[0]?.costNanoUsd).toBeNull()
  })

  it('is an answer also when the endpoint cut or filtered it', async () => {
    const choices = [{ message: { content: null }, finish_reason: 'content_filter' }]
    const { asker } = await start((_, response) => reply(response, '', { choices }))
    expect(await asker.text(question('hi'))).toMatchObject({ text: '', finishReason: 'content_filter' })
  })

  it('comes from the journal the next time, but not for another sample or try', async () => {
    const { asker, server } = await start((_, response, n) => reply(response, `answer ${n}`))
    const first = await asker.text(question('hi'))
    expect(await asker.text(question('hi'))).toEqual(first)
    expect((await asker.text(question('hi', { sample: 2 }))).text).toBe('answer 1')
    expect((await asker.text(question('hi', { try: 2 }))).text).toBe('answer 2')
    expect((await asker.text(question('hi', { sample: 2 }))).text).toBe('answer 1')
    expect(server.bodies.map((body) => typeof body.seed)).toEqual(['undefined', 'number', 'number'])
  })
})

describe('a call that waits for its turn', () => {
  it('is not made when somebody else has made it by then', async () => {
    const replies: (() => void)[] = []
    const script: Script = (_, response) => replies.push(() => reply(response, 'B'))
    const { asker, journal, server } = await start(script, { endpoint: { maxConcurrency: 1 } })
    const earlier = asker.text(question('a'))
    const waiting = asker.text(question('b'))
    await until(() => replies.length === 1)
    const other = await start((_, response) => reply(response, 'from elsewhere'))
    await other.asker.text(question('b'))
    journal.calls.push(...other.journal.calls)
    replies[0]!()
    expect((await earlier).text).toBe('B')
    expect((await waiting).text).toBe('from elsewhere')
    expect(server.bodies).toHaveLength(1)
  })
})

describe('trouble', () => {
  it.each([429, 503])('is waited out for everybody when a %i says how long', async (status) => {
    const times: number[] = []
    const waits: number[] = []
    const script: Script = (_, response, n) => {
      times.push(performance.now())
      if (n === 0) refuse(response, status, 'slow down', { 'retry-after': '10' })
      else reply(response, 'B')
    }
    const { asker, journal } = await start(script, { onWait: (wait) => waits.push(wait.waitMs) })
    const first = asker.text(question('a'))
    await until(() => waits.length === 1)
    await Promise.all([first, asker.text(question('b'))])
    // Ten seconds, on a clock that runs a hundred times too fast.
    expect(waits[0]).toBeGreaterThanOrEqual(10_000)
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(90)
    expect(journal.calls.filter((call) => call.status === 'failed')).toHaveLength(status === 429 ? 0 : 1)
  })

  it('of the server is journaled as failed, and the request sent again', async () => {
    const { asker, journal } = await start((_, response, n) =>
      n < 3 ? refuse(response, 500 + n, 'oops') : reply(response, 'B'),
    )
    expect((await asker.text(question('hi'))).text).toBe('B')
    expect(journal.calls.map((call) => [call.status, call.attempt, call.costNanoUsd])).toEqual([
      ['failed', 1, null],
      ['failed', 2, null],
      ['failed', 3, null],
      ['answered', 4, 4500],
    ])
    expect(journal.calls[0]?.error).toContain('HTTP 500: oops')
  })

  it('is a time-out, a cut body, no JSON, a dropped connection, an error under status 200', async () => {
    const script: Script = (_, response, n) => {
      response.setHeader('content-type', 'application/json')
      if (n === 0) return
      if (n === 1) {
        response.setHeader('content-length', '1000')
        response.write('{"choices":')
        setTimeout(() => response.destroy(), 10)
      } else if (n === 2) response.end('{"choices": [{"mess')
      else if (n === 3) response.destroy()
      else if (n === 4) response.end(JSON.stringify({ error: { code: 502, message: 'upstream' } }))
      else if (n === 5) {
        response.write('{"choices":')
      } else reply(response, 'B')
    }
    const { asker, journal } = await start(script, { endpoint: { timeoutSeconds: 0.2 } })
    expect((await asker.text(question('hi'))).text).toBe('B')
    expect(journal.calls.map((call) => call.error)).toEqual([
      expect.stringContaining('no answer within 0.2 s'),
      expect.stringContaining('the connection broke'),
      expect.stringContaining('cut or is not JSON'),
      expect.stringContaining('the connection broke'),
      expect.stringContaining('upstream'),
      expect.stringContaining('no answer within 0.2 s'),
      null,
    ])
  })

  it('is not journaled while the endpoint cannot be reached, but told', async () => {
    const gone = await fakeServer(() => {})
    await gone.close()
    const waits: string[] = []
    const { asker, journal } = askerAt(gone.baseURL, { onWait: (wait) => waits.push(wait.reason) })
    const asked = asker.text(question('hi')).catch((error: Error) => error.message)
    await until(() => waits.length >= 3)
    await asker.close()
    expect(await asked).toContain('no model is asked any more')
    expect(waits[0]).toBe('endpoint lab cannot be reached (ECONNREFUSED)')
    expect(journal.calls).toEqual([])
  })

  it.each([400, 413, 422])(
    'of the request’s own (%i) ends it, with the server’s words cut',
    async (status) => {
      const { asker, journal } = await start((_, response) =>
        refuse(response, status, `no good ${'x'.repeat(900)}`),
      )
      const error = await asker.text(question('hi')).catch((thrown) => thrown)
      expect(error).toMatchObject({ name: 'RecordError', class: 'refused' })
      expect(error.message).toMatch(new RegExp(`^endpoint lab: HTTP ${status}: no good x+…$`))
      expect(error.message.length).toBeLessThan(540)
      expect(journal.calls.map((call) => call.status)).toEqual(['failed'])
    },
  )
})

describe('the key', () => {
  const environment = { LAB_KEY: 'sk-canary-0123456789' }
  const endpoint = { apiKeyEnv: 'LAB_KEY' }

  it('is sent, and shown nowhere though the server echoes it', async () => {
    const script: Script = (_, response, n, request) => {
      const echo = `you said ${request.headers.authorization}`
      refuse(response, n === 0 ? 500 : n === 1 ? 403 : 400, echo)
    }
    const { asker, journal } = await start(script, { endpoint, environment })
    const forbidden = await asker.text(question('a')).catch((error) => error)
    expect(forbidden).toMatchObject({ name: 'EndpointRefusedKey', code: 'NF_ENDPOINT_AUTH', endpoint: 'lab' })
    expect(forbidden.message).toContain('you said Bearer ***')
    const refused = await asker.text(question('b')).catch((error) => error)
    expect(refused.message).toContain('you said Bearer ***')
    const shown = [forbidden, refused].map(
      (error) => `${error.stack} ${JSON.stringify(error)} ${error.remedy}`,
    )
    expect(`${shown} ${JSON.stringify(journal.calls)}`).not.toContain('canary')
    expect(forbidden.remedy).toContain('LAB_KEY')
  })

  it('is not even hinted at when it is refused', async () => {
    const script: Script = (_, response) => refuse(response, 401, 'Incorrect API key provided: sk-ca****6789')
    const { asker, journal } = await start(script, { endpoint, environment })
    const error = await asker.text(question('a')).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'NF_ENDPOINT_AUTH' })
    expect(error.message).not.toContain('sk-')
    expect(journal.calls).toEqual([])
  })

  it('stops who needs it where it is not set, before anything is sent', async () => {
    let sent = 0
    const script: Script = (_, response) => {
      sent++
      reply(response, 'B')
    }
    const { asker, journal } = await start(script, { endpoint, environment: { LAB_KEY: ' ' } })
    const error = await asker.text(question('a')).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(StepHalted)
    expect(error).toMatchObject({
      code: 'NF_ENDPOINT_KEY_MISSING',
      message: expect.stringContaining('LAB_KEY'),
    })
    expect([sent, journal.calls]).toEqual([0, []])
  })

  it('is a plain word where the server wants none', async () => {
    let sent: string | undefined
    const { asker } = await start((_, response, __, request) => {
      sent = request.headers.authorization
      reply(response, 'B')
    })
    await asker.text(question('hi'))
    expect(sent).toBe('Bearer none')
  })
})

describe('the queue', () => {
  it('serves the later step first', async () => {
    const held: (() => void)[] = []
    const priorityOf = (step: string) => ['generate', 'verify', 'summarize'].indexOf(step)
    const { asker, server } = await start((_, response) => held.push(() => reply(response, 'B')), {
      endpoint: { maxConcurrency: 1 },
      priorityOf,
    })
    const steps = ['generate', 'generate', 'verify', 'summarize']
    const asked = steps.map((step, n) => asker.text(question(`${step} ${n}`, { step })))
    for (let n = 0; n < steps.length; n++) {
      await until(() => held.length === n + 1)
      held[n]?.()
    }
    await Promise.all(asked)
    expect(server.bodies.map((body) => body.messages[0]?.content)).toEqual([
      'generate 0',
      'summarize 3',
      'verify 2',
      'generate 1',
    ])
  })
})

describe('equal requests', () => {
  const never: Script = () => {}

  it('under way share one call', async () => {
    const { asker, server, journal } = await start((_, response) =>
      setTimeout(() => reply(response, 'B'), 20),
    )
    const signal = new AbortController().signal
    const answers = await Promise.all([
      asker.text(question('hi')),
      asker.withSignal(signal).text(question('hi')),
      asker.text(question('hi', { step: 'refine', questionId: 'other' })),
    ])
    expect(new Set(answers.map((answer) => answer.text))).toEqual(new Set(['B']))
    expect(server.bodies).toHaveLength(1)
    expect(journal.calls).toHaveLength(1)
  })

  it('go on to their end when the last who asked has left, and are journaled', async () => {
    const answered = Promise.withResolvers<void>()
    const { asker, server, journal } = await start(async (_, response) => {
      await answered.promise
      reply(response, 'B')
    })
    const [one, two] = [new AbortController(), new AbortController()]
    const first = asker.withSignal(one.signal).text(question('hi'))
    const second = asker.withSignal(two.signal).text(question('hi'))
    await until(() => server.bodies.length === 1)
    one.abort(new Error('lost one'))
    await expect(first).rejects.toThrow('lost one')
    two.abort(new Error('lost two'))
    await expect(second).rejects.toThrow('lost two')
    expect([...asker.askedUnder(one.signal), ...asker.askedUnder(two.signal)]).toEqual([])
    await expect(asker.withSignal(two.signal).text(question('hi'))).rejects.toThrow('lost two')
    answered.resolve()
    await until(() => journal.calls.length === 1)
    expect(journal.calls[0]).toMatchObject({ status: 'answered', text: 'B' })
  })

  it('asked again right after being given up wait for the one at the endpoint', async () => {
    const answered = Promise.withResolvers<void>()
    const { asker, server } = await start(async (_, response) => {
      await answered.promise
      reply(response, 'B')
    })
    const controller = new AbortController()
    const lost = asker.withSignal(controller.signal).text(question('hi'))
    await until(() => server.bodies.length === 1)
    controller.abort()
    const again = asker.text(question('hi'))
    await expect(lost).rejects.toThrow()
    answered.resolve()
    expect((await again).text).toBe('B')
    expect(server.bodies).toHaveLength(1)
  })

  it('that fail after being given up are not tried again', async () => {
    const failed = Promise.withResolvers<void>()
    const { asker, server, journal } = await start(async (_, response) => {
      await failed.promise
      refuse(response, 500, 'oops')
    })
    const controller = new AbortController()
    const lost = asker.withSignal(controller.signal).text(question('hi'))
    await until(() => server.bodies.length === 1)
    controller.abort(new Error('lost'))
    await expect(lost).rejects.toThrow('lost')
    failed.resolve()
    await until(() => journal.calls.length === 1)
    await asker.close()
    expect(server.bodies).toHaveLength(1)
  })

  it('whose answer had come when they were given up are in the journal all the same', async () => {
    const controller = new AbortController()
    const { asker, journal, server } = await start((_, response) => reply(response, 'B'))
    const append = journal.append.bind(journal)
    journal.append = (call) => {
      controller.abort(new Error('lost'))
      return append(call)
    }
    await expect(asker.withSignal(controller.signal).text(question('hi'))).rejects.toThrow('lost')
    journal.append = append
    expect((await asker.text(question('hi'))).text).toBe('B')
    expect(server.bodies).toHaveLength(1)
  })

  it('waiting in the queue or between tries are given up too', async () => {
    const { asker, server, journal } = await start(never, { endpoint: { maxConcurrency: 1 } })
    const controller = new AbortController()
    void asker.text(question('a')).catch(() => {})
    await until(() => server.bodies.length === 1)
    const queued = asker.withSignal(controller.signal).text(question('b'))
    controller.abort(new Error('lost'))
    await expect(queued).rejects.toThrow('lost')
    await asker.close()
    expect(server.bodies).toHaveLength(1)
    expect(journal.calls.map((call) => call.error)).toEqual([expect.stringContaining('given up')])
  })
})

describe('close', () => {
  it('ends everything and asks no more', async () => {
    const asker: Asker = (await start(() => {})).asker
    const asked = asker.text(question('hi')).catch((error) => error)
    await sleep(10)
    await asker.close()
    expect(await asked).toMatchObject({ code: 'NF_ASK_CLOSED' })
    await expect(asker.text(question('more'))).rejects.toMatchObject({ code: 'NF_ASK_CLOSED' })
  })
})

describe('a hushed asker', () => {
  it('lets calls under way end, and sends nothing that waits', async () => {
    const letGo = Promise.withResolvers<void>()
    const { asker, journal, server } = await start(
      async (_, response) => {
        await letGo.promise
        reply(response, 'late')
      },
      { endpoint: { maxConcurrency: 2 } },
    )
    const asked = ['one', 'two', 'three', 'four'].map((text) => asker.text(question(text)))
    for (const answer of asked) answer.catch(() => {})
    await until(() => server.bodies.length === 2)
    const hushed = asker.hush(6_000_000)
    letGo.resolve()
    expect(await hushed).toBe(0)
    expect(journal.calls.map(({ status }) => status)).toEqual(['answered', 'answered'])
    await Promise.all(asked.slice(0, 2))
    await asker.close()
    await expect(asked[2]).rejects.toThrow()
    expect(server.bodies).toHaveLength(2)
  })

  it('waits no longer than the grace', async () => {
    const { asker, journal, server } = await start(() => {})
    const asked = asker.text(question('never'))
    asked.catch(() => {})
    await until(() => server.bodies.length === 1)
    expect(await asker.hush(10)).toBe(1)
    expect(journal.calls).toEqual([])
    await asker.close()
    expect(journal.calls.map(({ status }) => status)).toEqual(['failed'])
  })
})
