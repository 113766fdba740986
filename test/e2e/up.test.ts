/** `ninefold up`, `status` and `down`: Kafka, the registry and ClickHouse as their user meets them. */
import { expect, it } from 'vitest'
import { Workspace } from '../support/workspace.ts'

const CONFIG = {
  pipeline: 'three',
  endpoints: { sim: { simulated: true } },
  models: { one: { endpoint: 'sim', model: 'sim-one' } },
  samplers: [{ model: 'one', temperature: [0.6, 0.8] }],
  roles: { verify: 'one', rank: 'one', refine: 'one', regenerate: 'one', summarize: 'one' },
  triage: { easy: { maxErrors: 0 }, medium: { maxErrors: 1 } },
}

async function states(workspace: Workspace): Promise<string[]> {
  const { stack } = JSON.parse((await workspace.succeed('status', '--json')).stdout)
  return stack.map(({ component, state }: Record<string, string>) => `${component} ${state}`)
}

it('are three, or two where the configuration wants no analytics', async () => {
  using workspace = new Workspace(CONFIG)
  try {
    const two = JSON.parse((await workspace.succeed('up', '--json')).stdout)
    expect([two.clickhouseUrl, two.pids.clickhouse]).toEqual([null, null])
    expect(await states(workspace)).toEqual(['kafka running', 'registry running', 'clickhouse stopped'])

    workspace.configure({ ...CONFIG, clickhouse: undefined })
    const { stdout } = await workspace.succeed('up')
    const [, address] = /^ClickHouse (http:\/\/127\.0\.0\.1:\d+)$/m.exec(stdout) ?? []
    const { stdout: token } = await workspace.succeed('analytics', 'access', '--token')
    const headers = { 'X-ClickHouse-Key': token.trim() }
    expect(await (await fetch(`${address}/?query=SELECT+1`, { headers })).text()).toBe('1\n')
    expect(await states(workspace)).toEqual(['kafka running', 'registry running', 'clickhouse running'])

    const { stdout: told } = await workspace.succeed('down')
    for (const part of ['kafka', 'registry', 'clickhouse']) {
      expect(told).toMatch(new RegExp(`^${part} +stopped \\(pid \\d+\\)$`, 'm'))
    }
    expect(await states(workspace)).toEqual(['kafka stopped', 'registry stopped', 'clickhouse stopped'])
  } finally {
    await workspace.run('down')
  }
})
