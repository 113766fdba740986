/** However workers of a machine come and go: no call is made twice, and every request is answered in the end. */
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { HandoverModel } from './handover-model.ts'

const PARTITIONS = 4
const REQUESTS = 3
const STEP_MS = 2

const step = fc.record({
  what: fc.oneof(
    { weight: 2, arbitrary: fc.constant('join' as const) },
    { weight: 2, arbitrary: fc.constant('leave' as const) },
    { weight: 5, arbitrary: fc.constant('learn' as const) },
    { weight: 3, arbitrary: fc.constant('answer' as const) },
    { weight: 2, arbitrary: fc.constant('fail' as const) },
    { weight: 1, arbitrary: fc.constant('kill' as const) },
    { weight: 2, arbitrary: fc.constant('give up' as const) },
    { weight: 2, arbitrary: fc.constant('come back' as const) },
    { weight: 4, arbitrary: fc.constant('wait' as const) },
  ),
  which: fc.nat(100),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function pick<T>(all: readonly T[], which: number): T | undefined {
  return all[which % Math.max(1, all.length)]
}

/** Does a step, if there is anything it can be done to. */
async function take(group: HandoverModel, { what, which }: Step): Promise<void> {
  const member = pick(group.members, which)
  const stranger = pick(group.strangers, which)
  const call = pick(group.calls, which)
  if (what === 'join') group.join()
  else if (what === 'wait') await sleep(STEP_MS)
  else if (what === 'learn') member?.learn()
  else if (what === 'leave' && member !== undefined) group.leave(member)
  else if (what === 'kill' && member !== undefined) group.kill(member)
  else if (what === 'give up' && member !== undefined) group.giveUp(member)
  else if (what === 'come back' && stranger !== undefined) group.comeBack(stranger)
  else if (call !== undefined && (what === 'answer' || what === 'fail'))
    await group.end(call, what === 'answer')
}

/** Until every request is answered. */
async function workOff(group: HandoverModel): Promise<void> {
  for (const stranger of [...group.strangers]) group.comeBack(stranger)
  if (group.members.length === 0) group.join()
  while (!group.isDone) {
    for (const member of group.members) member.learn()
    for (const call of [...group.calls]) await group.end(call, true)
    await sleep(STEP_MS)
  }
}

it('workers that come and go make no call twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const group = new HandoverModel(PARTITIONS, REQUESTS)
      try {
        group.join()
        for (const one of steps) await take(group, one)
        await workOff(group)
        expect(group.repeated).toEqual([])
      } finally {
        await group.close()
      }
    }),
    { numRuns: 40 },
  )
})
