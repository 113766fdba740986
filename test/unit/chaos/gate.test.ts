/** The gate that tests know by what was paid: a fault of its own would look like one of the pipeline. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { Gate } from '../../support/gate.ts'

it('never lets a request through whose connection it has broken off', async () => {
  let came = 0
  const target = createServer((_, response) => {
    came++
    response.end()
  })
  target.listen(0, '127.0.0.1')
  await once(target, 'listening')
  const gate = await Gate.open(`http://127.0.0.1:${(target.address() as AddressInfo).port}/v1`)
  gate.shut()
  const asked = Array.from({ length: 50 }, () =>
    fetch(gate.url, { method: 'POST', body: '{}' }).catch(() => {}),
  )
  await expect.poll(() => gate.held).toBe(asked.length)
  await gate.vanish()
  gate.reopen()
  await Promise.all(asked)
  expect({ forwarded: gate.forwarded, came }).toEqual({ forwarded: 0, came: 0 })
  await gate.close()
  target.close()
})
