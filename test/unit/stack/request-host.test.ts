import type { IncomingMessage } from 'node:http'
import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { isLocalRequest, isLoopback, isMeantFor } from '../../../stack/request-host.ts'

function asking(host: string | undefined, origin?: string): IncomingMessage {
  return { headers: { host, origin } } as IncomingMessage
}

describe('a server on loopback', () => {
  it.each(['127.0.0.1', '127.0.0.1:9464', 'localhost:1', 'LOCALHOST', '[::1]', '[::1]:9464'])(
    'answers who asks for %s',
    (host) => {
      expect(isLocalRequest(asking(host))).toBe(true)
      expect(isMeantFor('127.0.0.1', asking(host))).toBe(true)
    },
  )

  it.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:80',
    '10.0.0.1',
    '[::1',
  ])('refuses who asks for %s', (host) => {
    expect(isLocalRequest(asking(host))).toBe(false)
    expect(isMeantFor('localhost', asking(host))).toBe(false)
  })

  it('refuses pages, whatever they ask for', () => {
    expect(isLocalRequest(asking('127.0.0.1', 'https://evil.example'))).toBe(false)
    expect(isMeantFor('0.0.0.0', asking('10.0.0.1', 'null'))).toBe(false)
  })

  it.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['localhost', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['localhost.example', false],
  ])('%s is on loopback: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected)
  })
})

describe('a server that listens to the network', () => {
  it.each([
    '10.1.2.3:9464',
    '[fd00::1]:9464',
    'localhost:9464',
    'worker:9464',
    'worker-0.workers.ninefold.svc.cluster.local:9464',
    'mac.local',
    `${hostname()}:9464`,
    'metrics.example.org:9464',
  ])('answers who asks for %s', (host) => {
    expect(isMeantFor('metrics.example.org', asking(host))).toBe(true)
  })

  it.each([undefined, '', 'evil.example:9464', '10.0.0.1.evil.example', 'svc.evil.example', 'worker.'])(
    'refuses who asks for %s',
    (host) => {
      expect(isMeantFor('0.0.0.0', asking(host))).toBe(false)
    },
  )
})
