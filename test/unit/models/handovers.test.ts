/** However workers of a machine come and go, also of several editions: no call is made twice, and every request is answered in the end. */
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type HandoverModel, ModelMachine, type ModelWorker } from './handover-model.ts'

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
  /** The edition's number. */
  where: fc.nat(100),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function pick<T>(all: readonly T[], which: number): T | undefined {
  return all[which % Math.max(1, all.length)]
}

/** Not before a session has passed: what the worker had begun until then is under way by now, and claimed. */
async function giveUp(group: HandoverModel, member: ModelWorker): Promise<void> {
  await sleep(STEP_MS)
  if (group.members.includes(member)) group.giveUp(member)
}

/** Does a step, if there is anything it can be done to. */
async function take(machine: ModelMachine, { what, which, where }: Step): Promise<void> {
  const group = pick(machine.editions, where)!
  const member = pick(group.members, which)
  const stranger = pick(group.strangers, which)
  const call = pick(machine.calls, which)
  if (what === 'join') group.join()
  else if (what === 'wait') await sleep(STEP_MS)
  else if (what === 'learn') member?.learn()
  else if (what === 'leave' && member !== undefined) group.leave(member)
  else if (what === 'kill' && member !== undefined) group.kill(member)
  else if (what === 'give up' && member !== undefined) await giveUp(group, member)
  else if (what === 'come back' && stranger !== undefined) group.comeBack(stranger)
  else if (call !== undefined && (what === 'answer' || what === 'fail'))
    await machine.end(call, what === 'answer')
}

/** Until every request is answered, in every edition. */
async function workOff(machine: ModelMachine): Promise<void> {
  for (const group of machine.editions) {
    for (const stranger of [...group.strangers]) group.comeBack(stranger)
    if (group.members.length === 0) group.join()
  }
  while (!machine.isDone) {
    for (const group of machine.editions) for (const member of group.members) member.learn()
    for (const call of [...machine.calls]) await machine.end(call, true)
    await sleep(STEP_MS)
  }
}

it.each([
  ['one edition', 1],
  ['two editions', 2],
  ['three editions', 3],
])('workers of %s that come and go make no call twice', async (_, editions) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const machine = new ModelMachine(editions, PARTITIONS, REQUESTS)
      try {
        for (const group of machine.editions) group.join()
        for (const one of steps) await take(machine, one)
        await workOff(machine)
        expect(machine.repeated).toEqual([])
      } finally {
        await machine.close()
      }
    }),
    { numRuns: 40 },
  )
})
