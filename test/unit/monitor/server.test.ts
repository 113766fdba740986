import { request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { type MonitorServer, type Page, startMonitorServer } from '../../../monitor/server.ts'

const LOOPBACK = { host: '127.0.0.1', port: 0 }
const page = (body: string, status = 200): Page => ({ status, contentType: 'text/plain', body })
const pages = {
  '/metrics': () => page('up 1\n'),
  '/healthz': () => page('{}', 503),
  '/broken': () => Promise.reject(new Error('no reading')),
}
const servers: MonitorServer[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function started(address = LOOPBACK): Promise<MonitorServer> {
  const server = await startMonitorServer(address, pages)
  servers.push(server)
  return server
}

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** With any header, `Host` among them. */
function ask(url: string, { method = 'GET', headers = {}, body }: Asked = {}) {
  return new Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>(
    (resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(body.length) }
      const asking = request(url, { method, headers: { ...length, ...headers } }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece
        })
        response.on('end', () =>
          resolve({ status: response.statusCode!, body: text, headers: response.headers }),
        )
      })
      asking.on('error', reject)
      asking.end(body)
    },
  )
}

describe("the monitor's server", () => {
  it('answers GET, and HEAD without a body', async () => {
    const { url } = await started()
    expect(await ask(`${url}/metrics?x=1`)).toMatchObject({ status: 200, body: 'up 1\n' })
    const head = await ask(`${url}/metrics`, { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, body: '', headers: { 'content-length': '5' } })
    expect((await ask(`${url}/healthz`)).status).toBe(503)
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('refuses %s', async (method) => {
    const { url } = await started()
    const refused = await ask(`${url}/metrics`, { method, body: 'x'.repeat(10_000) })
    expect(refused).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
  })

  it.each(['/', '/metrics/', '/..%2fmetrics', '/constructor', '/__proto__'])(
    'has nothing at %s',
    async (path) => {
      const { url } = await started()
      expect((await ask(`${url}${path}`)).status).toBe(404)
    },
  )

  it('refuses who came under another name, and pages', async () => {
    const { url } = await started()
    const strange: Record<string, string>[] = [{ host: 'evil.example' }, { origin: 'https://evil.example' }]
    for (const headers of strange) {
      const refused = await ask(`${url}/metrics`, { headers })
      expect(refused.status).toBe(403)
      expect(refused.body).not.toContain('up 1')
    }
  })

  it('says that something could not be told, and goes on', async () => {
    const { url } = await started()
    expect((await ask(`${url}/broken`)).status).toBe(500)
    expect((await ask(`${url}/metrics`)).status).toBe(200)
  })

  it('takes the next free port when the wanted one is taken, and says so', async () => {
    const first = await started()
    const port = Number(new URL(first.url).port)
    const second = await started({ ...LOOPBACK, port })
    expect(first.taken).toBeNull()
    expect(second.taken).toBe(port)
    expect(Number(new URL(second.url).port)).toBeGreaterThan(port)
    expect((await ask(`${second.url}/metrics`)).status).toBe(200)
  })

  it('says what to do when it cannot listen there at all', async () => {
    // 192.0.2.0/24 is for documentation: no machine's.
    await expect(started({ host: '192.0.2.1', port: 9464 })).rejects.toMatchObject({
      code: 'NF_MONITOR_PORT',
      message: expect.stringContaining('192.0.2.1:9464'),
    })
  })

  it('ends although clients keep their connections', async () => {
    const { url } = await started()
    await ask(`${url}/metrics`, { headers: { connection: 'keep-alive' } })
    await servers.pop()!.close()
    await expect(ask(`${url}/metrics`)).rejects.toThrow()
  })
})
