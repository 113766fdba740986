import { describe, expect, it } from 'vitest'
import { monitor, parseMonitorAddress, USUAL_MONITOR } from '../../../config/monitor.ts'
import { isLoopback } from '../../../stack/request-host.ts'

describe('where a worker is watched', () => {
  it('is on loopback unless something else was asked for', () => {
    expect(isLoopback(USUAL_MONITOR.host)).toBe(true)
    expect(monitor.parse({})).toEqual(USUAL_MONITOR)
    expect(parseMonitorAddress('9500')).toEqual({ ...USUAL_MONITOR, port: 9500 })
  })

  it.each([
    ['0', { host: '127.0.0.1', port: 0 }],
    ['0.0.0.0:9464', { host: '0.0.0.0', port: 9464 }],
    ['[::]:9464', { host: '::', port: 9464 }],
    ['worker-1.local:1', { host: 'worker-1.local', port: 1 }],
  ])('is read off %s', (text, address) => {
    expect(parseMonitorAddress(text)).toEqual(address)
  })

  it.each(['', 'metrics', '-1', '65536', '1.5', ':9464', '::1:9464', 'http://a:1', 'a b:1', '9464/metrics'])(
    'is not %s',
    (text) => {
      expect(parseMonitorAddress(text)).toBeNull()
    },
  )

  it.each([
    { port: -1 },
    { port: 70_000 },
    { port: '9464' },
    { host: '' },
    { host: 'http://a' },
    { hosts: 'a' },
  ])('is refused in the configuration: %o', (section) => {
    expect(monitor.safeParse(section).success).toBe(false)
  })
})
