/**
 * The harness is tested: with one safeguard taken away at a time the judge must find the damage. What it finds nothing
 * wrong with here would prove nothing there.
 */
import type { NegativeControl } from '../../streams/negative-controls.ts'
import type { Fault } from './fault.ts'
import { workerKills } from './faults/worker-killed.ts'
import { zombieBetweenTransactions } from './faults/zombie.ts'
import type { ControlResult, SeedResult } from './results.ts'
import { runSeed, type SeedRunSettings } from './seed-run.ts'

/** A safeguard that is taken away. */
export interface Control {
  readonly name: NegativeControl
  /** What the safeguard is, in words. */
  readonly without: string
  /** What shows that it is missing. */
  readonly schedule: readonly Fault[]
  /** The damage it must make. */
  readonly damageOf: (result: Pick<SeedResult, 'judgement' | 'money'>) => number
}

const judged = (damage: 'doubled' | 'foreign') => (result: Pick<SeedResult, 'judgement'>) =>
  result.judgement?.[damage] ?? 0

/** All of them. */
export const CONTROLS: readonly Control[] = [
  {
    name: 'no-group-fencing',
    without: "the group's generation in a transaction's offsets",
    schedule: [zombieBetweenTransactions, zombieBetweenTransactions, zombieBetweenTransactions],
    damageOf: judged('doubled'),
  },
  {
    name: 'no-completion-metadata',
    without: "what is finished out of order, in the offset's metadata",
    schedule: workerKills,
    damageOf: judged('doubled'),
  },
  {
    name: 'unmended-read-committed',
    without: "the mended read_committed filter (KafkaJS's own in its place)",
    // Two transactions that overlap and are aborted are in every run: that is all it takes.
    schedule: [],
    damageOf: judged('foreign'),
  },
  {
    name: 'no-journal',
    without: 'the journal of answers',
    schedule: workerKills,
    damageOf: ({ money }) => money?.answeredRepeated ?? 0,
  },
]

/** Runs with a safeguard taken away. @throws when the run cannot be brought to its end. */
export async function runControl(
  control: Control,
  settings: Omit<SeedRunSettings, 'schedule' | 'negativeControl' | 'mayRunOut'>,
): Promise<ControlResult> {
  const { name, schedule } = control
  // Few questions, so that it is soon over: a busy machine may be through with them before the last fault.
  const result = await runSeed({ ...settings, schedule, negativeControl: name, mayRunOut: true })
  const { startedAt, injected, judgement, money, error } = result
  if (judgement === null || money === null) throw new Error(`${name}: ${error}`)
  return { control: name, startedAt, injected, judgement, money }
}
