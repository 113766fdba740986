import { ClickHouseError } from '@clickhouse/client'
import { describe, expect, it } from 'vitest'
import { openAnalytics, passwordOf } from '../../../analytics/client.ts'
import { explainFailure } from '../../../analytics/failure.ts'
import { NinefoldError } from '../../../errors.ts'

const url = 'http://ch:8123'
const said = (code: string, message: string) => new ClickHouseError({ code, message, type: 'TYPE' })

describe('explainFailure', () => {
  it.each([
    [said('60', 'Unknown table t'), 'NF_CLICKHOUSE_QUERY'],
    [said('516', 'Authentication failed'), 'NF_CLICKHOUSE_REFUSED'],
    [said('497', 'Not enough privileges'), 'NF_CLICKHOUSE_REFUSED'],
    [said('81', 'Database d does not exist'), 'NF_CLICKHOUSE_NO_DATABASE'],
    [said('164', 'readonly mode'), 'NF_CLICKHOUSE_READONLY'],
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 'NF_CLICKHOUSE_UNREACHABLE'],
    [new Error('Timeout error.'), 'NF_CLICKHOUSE_TIMEOUT'],
    [new Error('<html>502 Bad Gateway</html>'), 'NF_CLICKHOUSE_ANSWER'],
  ])('knows %s', (error, code) => {
    const explained = explainFailure(error, { url })
    expect(explained.code).toBe(code)
    expect(explained.remedy).not.toBe('')
    expect(explained.cause).toBe(error)
  })

  it("keeps ClickHouse's own code and text", () => {
    expect(explainFailure(said('60', 'Unknown table t'), { url }).message).toMatch(
      /Unknown table t.*60, TYPE/,
    )
  })

  it('hides the password wherever the server repeats it', () => {
    const error = said('62', "near 'hunter2' and hunter2")
    expect(explainFailure(error, { url, password: 'hunter2' }).message).not.toContain('hunter2')
  })

  it('shows the beginning of a long text', () => {
    expect(explainFailure(new Error('x'.repeat(100_000)), { url }).message.length).toBeLessThan(3_000)
  })

  it('leaves what is explained already', () => {
    const error = new NinefoldError('NF_X', 'x', 'y')
    expect(explainFailure(error, { url })).toBe(error)
  })
})

describe('openAnalytics', () => {
  const server = { kind: 'server', url, user: 'me', passwordEnv: 'PW', database: 'd', cluster: null } as const

  it('takes the password from the variable, and names the variable when it is not set', () => {
    expect(passwordOf(server, { environment: { PW: 'hunter2' } })).toBe('hunter2')
    expect(passwordOf({ ...server, passwordEnv: null }, {})).toBe('')
    for (const environment of [{}, { PW: '' }]) {
      expect(() => openAnalytics({ clickhouse: server }, null, { environment })).toThrow(
        expect.objectContaining({ code: 'NF_CLICKHOUSE_PASSWORD', message: expect.stringContaining('PW') }),
      )
    }
  })

  it.each([
    [{ kind: 'off' } as const, url],
    [{ kind: 'local', database: 'd' } as const, null],
  ])('refuses %j at %s', (clickhouse, at) => {
    expect(() => openAnalytics({ clickhouse }, at)).toThrow(
      expect.objectContaining({ code: 'NF_CLICKHOUSE_OFF' }),
    )
  })
})
