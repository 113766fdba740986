import { createRequire } from 'node:module'
import { afterEach, expect, it, vi } from 'vitest'
import '../../../../streams/transport/kafkajs.ts'
import { keepSteady } from '../../../../streams/transport/steady-times.ts'

const require = createRequire(import.meta.url)

const HOUR = 3_600_000
const SLACK = 1_000

// As KafkaJS assigns its own: in the constructor, through whatever the prototype has.
class Assigned {
  declare lastBeat: number | null
  constructor() {
    this.lastBeat = Date.now()
  }
}

afterEach(() => {
  vi.restoreAllMocks()
})

/** The machine's date, moved by so many milliseconds from now on. */
function moveDate(ms: number): void {
  const { now } = Date
  vi.spyOn(Date, 'now').mockImplementation(() => now() + ms)
}

it.each([-HOUR, HOUR])('what has just been is just past when the date has moved by %d ms', (ms) => {
  keepSteady(Assigned, 'lastBeat')
  const heart = new Assigned()
  moveDate(ms)
  expect(Math.abs(Date.now() - heart.lastBeat!)).toBeLessThan(SLACK)
  heart.lastBeat = Date.now() + HOUR
  expect(Math.abs(heart.lastBeat - Date.now() - HOUR)).toBeLessThan(SLACK)
  heart.lastBeat = null
  expect(heart.lastBeat).toBeNull()
})

it.each([
  ['kafkajs/src/consumer/consumerGroup', 'lastRequest'],
  ['kafkajs/src/network/requestQueue', 'throttledUntil'],
  ['kafkajs/src/network/requestQueue/socketRequest', 'sentAt'],
  ['kafkajs/src/cluster/brokerPool', 'metadataExpireAt'],
])('%s has a %s that is kept so', (path, property) => {
  const type = require(path) as { prototype: object }
  expect(String(type)).toContain(`this.${property} = `)
  const one = Object.create(type.prototype) as Record<string, number>
  one[property] = Date.now()
  moveDate(-HOUR)
  expect(Math.abs(one[property]! - Date.now())).toBeLessThan(SLACK)
})
