/** When a worker that ends leaves its groups to others. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { silentLog } from '../../../streams/log.ts'
import type { StepGroupOptions } from '../../../streams/step-group.ts'
import { StepGroups } from '../../../streams/step-groups.ts'

const NEVER = new Promise<never>(() => {})

/** Groups whose members are as many as the function says. */
function groupsOf(members: () => number): StepGroups {
  const client = {
    watch: { away: null },
    describeGroups: async () => [{ members: Array.from({ length: members() }) }],
  }
  return new StepGroups([], () => '', { client, log: silentLog } as unknown as StepGroupOptions)
}

it('leaves as soon as somebody else joins, however long its calls take', async () => {
  let members = 1
  const leaving = groupsOf(() => members).leaveToOthers(NEVER, () => true)
  expect(await Promise.race([leaving.then(() => 'left'), sleep(500, 'stays')])).toBe('stays')
  members = 2
  await leaving
})

it('waits for nobody once its calls have ended', async () => {
  const ended = Promise.withResolvers<void>()
  const leaving = groupsOf(() => 1).leaveToOthers(ended.promise, () => true)
  ended.resolve()
  expect(await Promise.race([leaving.then(() => 'left'), sleep(500, 'stays')])).toBe('left')
})
