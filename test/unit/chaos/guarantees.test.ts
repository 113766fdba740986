import { expect, it } from 'vitest'
import { guarantees } from '../../chaos/guarantees.ts'
import type { Judgement } from '../../chaos/judge.ts'
import { isClean, type SeedResult } from '../../chaos/results.ts'

const AT = new Date('2026-03-04T05:06:07Z')

function judgement(damage: Partial<Judgement> = {}): Judgement {
  const none = { lost: 0, doubled: 0, changed: 0, foreign: 0 }
  return { ...none, paidTwice: 0, deadLetters: 0, topics: {}, copies: {}, findings: [], ...damage }
}

function seedResult(seed: number, differences: Partial<SeedResult> = {}): SeedResult {
  const killed = { fault: 'worker killed', area: 'workers', what: 'killed' } as const
  return {
    seed,
    startedAt: AT.toISOString(),
    seconds: 100,
    questions: 50,
    workers: 3,
    injected: [
      { fault: 'broker killed', area: 'broker', what: 'killed', recoverySeconds: 9 },
      { ...killed, recoverySeconds: 2 },
      { ...killed, recoverySeconds: 4 },
      { ...killed, recoverySeconds: 30 },
    ],
    notInjected: [],
    endings: [],
    drained: { code: 0, signal: null },
    judgement: judgement(),
    money: { calls: 1_000, answeredRepeated: 0, inFlightRepeated: 1, faultRetried: 2 },
    error: null,
    ...differences,
  }
}

const documentOf = (...seeds: SeedResult[]) => guarantees({ seeds, controls: [], machineLosses: [] }, AT)

it('counts each fault over all seeds, with the median and the longest recovery', () => {
  const document = documentOf(seedResult(1), seedResult(2))
  expect(document).toContain('| worker killed | 6 | 0 | 0 | 0 | 0 | 4.0 | 30.0 |')
  expect(document.indexOf('| worker killed')).toBeLessThan(document.indexOf('| broker killed'))
  expect(document).toContain('2 seeds (1, 2; 2026-03-04), 2 of them clean')
})

it('shows the damage of a run in every fault it met, and names the run', () => {
  const damaged = judgement({ lost: 2, foreign: 1, findings: ['kept: 2 are missing: a, b'] })
  const document = documentOf(seedResult(1), seedResult(5, { judgement: damaged }))
  expect(document).toContain('| broker killed | 2 | 2 | 0 | 1 | 0 |')
  expect(document).toContain('- seed 5: kept: 2 are missing: a, b')
})

it('tells a run that was not brought to its end', () => {
  const failed = seedResult(3, {
    error: 'no moment came\n  at strike',
    judgement: null,
    money: null,
    drained: null,
  })
  expect(isClean(failed)).toBe(false)
  expect(documentOf(failed)).toContain('- seed 3: no moment came')
})

it('shows what a safeguard is worth, and what the loss of a machine costs', () => {
  const money = { calls: 10, answeredRepeated: 7, inFlightRepeated: 0, faultRetried: 0 }
  const document = guarantees(
    {
      seeds: [seedResult(1)],
      controls: [
        {
          control: 'no-journal',
          startedAt: AT.toISOString(),
          injected: [],
          judgement: judgement({ doubled: 3 }),
          money,
        },
      ],
      machineLosses: [
        { startedAt: AT.toISOString(), answered: 400, unpublished: 9, judgement: judgement(), money },
      ],
    },
    AT,
  )
  expect(document).toContain('| the journal of answers | 0 | 0 | 3 | 0 | 7 |')
  expect(document).toContain('of 400 answers 9 had not been published; 7 were paid for again')
})

it('takes a run for clean only if nothing was paid twice and every fault was come to', () => {
  expect(isClean(seedResult(1))).toBe(true)
  const money = { calls: 10, answeredRepeated: 1, inFlightRepeated: 0, faultRetried: 0 }
  expect(isClean(seedResult(1, { money }))).toBe(false)
  expect(isClean(seedResult(1, { notInjected: ['worker killed'] }))).toBe(false)
  expect(isClean(seedResult(1, { drained: { code: 1, signal: null } }))).toBe(false)
})
