/** Requests with anything in them: each is answered for what it is, and none costs the next one anything. */
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type IntakeServer, startIntakeServer } from '../../../pipeline/intake-server.ts'
import { FakeSink } from '../../support/fake-sink.ts'
import { mutated } from '../../support/mutated.ts'

const TOKEN = 'a-token-of-some-length'
const GOOD = JSON.stringify({ id: 'good', question: 'Which?', options: ['this', 'that'], answer: 0 })
const WORDS = ['"', '{', '}', '[', '\n', '\\', 'null', '1e999', '"__proto__":{', '\\ud800', '\uFEFF', '\0']

describe('the intake server', () => {
  const sink = new FakeSink()
  const failures: string[] = []
  let server: IntakeServer

  beforeAll(async () => {
    server = await startIntakeServer({
      host: '127.0.0.1',
      port: 0,
      token: TOKEN,
      maxBodyBytes: 50_000,
      sink,
      batch: 'http-1',
      onFailure: (message) => failures.push(message),
    })
  })
  afterAll(() => server.close())
  beforeEach(() => {
    sink.transactions.length = 0
    failures.length = 0
  })

  async function post(body: Uint8Array, query = '') {
    // One that is kept is closed by the server while a busy machine is about to use it again.
    const headers = { authorization: `Bearer ${TOKEN}`, connection: 'close' }
    const response = await fetch(`${server.url}${query}`, {
      method: 'POST',
      body: Buffer.from(body),
      headers,
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  it('takes the good line behind any other, and counts what is bad', async () => {
    const noise = fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated(Buffer.from(`${GOOD}\n${GOOD}`), WORDS))
    await fc.assert(
      fc.asyncProperty(noise, async (bytes) => {
        const before = sink.published.length
        const { status, body } = await post(Buffer.concat([bytes, Buffer.from(`\n${GOOD}\n`)]))
        expect(status).toBe(202)
        expect(sink.published.length - before).toBe(body.loaded)
        expect(sink.published.at(-1)).toBe('good@http-1')
        const problems = body.problems as { severity: string; line: number; what: string; remedy: string }[]
        expect(problems.filter(({ severity }) => severity === 'error')).toHaveLength(body.bad as number)
        for (const { line, what, remedy } of problems) {
          expect(line >= 1 && what !== '' && remedy !== '').toBe(true)
        }
      }),
      { numRuns: 120 },
    )
    expect(failures).toEqual([])
  })

  it('answers any body and any query with what was wrong with it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.webQueryParameters(), async (bytes, query) => {
        const { status, body } = await post(bytes, `?${query}`)
        expect([202, 400, 422]).toContain(status)
        expect(status === 400 ? body.error : body.batch).toEqual(expect.any(String))
      }),
      { numRuns: 60 },
    )
    expect(failures).toEqual([])
  })

  it.each(['//', 'http://', '/%', '*', '/questions?batch=%E0%A4%A'])(
    'answers a target that is no address as the sender asked for it: %s',
    async (target) => {
      const { port } = new URL(server.url)
      const socket = connect(Number(port), '127.0.0.1')
      const head = `POST ${target} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\n`
      socket.end(`${head}connection: close\r\ncontent-length: 0\r\n\r\n`)
      let reply = ''
      for await (const piece of socket) reply += piece
      expect(reply).toMatch(/^HTTP\/1\.1 40[04] /)
      expect(failures).toEqual([])
    },
  )
})
