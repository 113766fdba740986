/** How the judge does on its controls, read from their topic: what an alarm is raised by. */
import {
  CONTROL_WINDOW,
  type Controls,
  ENOUGH_CONTROLS,
  EXPECTATIONS,
  type Expectation,
} from '../config/controls.ts'
import type { Config } from '../config/types.ts'
import type { Control } from '../schemas/types.ts'
import { type RecordSource, readNew } from '../sinks/session-records.ts'

/** Where they are read. */
export interface ControlSource extends RecordSource {
  readonly config: Pick<Config, 'controls' | 'roles' | 'prompts'>
}

/** The judge's last controls of one kind of expectation. */
export interface ControlShare {
  /** The judge's model string. */
  readonly verifier: string
  readonly expected: Expectation
  /** At most the last 100. */
  readonly shown: number
  readonly right: number
  /** Whether they are enough, and too few of them were right. */
  readonly alarm: boolean
}

interface Seen {
  readonly id: string
  readonly at: number
  readonly isRight: boolean
}

/** Follows the controls of the judge there is now: those of another model or prompt say nothing of it. */
export class ControlWatch {
  readonly #source: ControlSource
  /** By partition: the offset from which on nothing was read. */
  readonly #positions = new Map<number, number>()
  readonly #last = new Map<Expectation, readonly Seen[]>()
  #looking: Promise<void> = Promise.resolve()

  constructor(source: ControlSource) {
    this.#source = source
  }

  /** The shares as they were at the last look; an expectation of which there are no controls is left out. */
  get shares(): ControlShare[] {
    const { controls, roles } = this.#source.config
    if (controls === null) return []
    return EXPECTATIONS.flatMap((expected) => {
      const seen = this.#last.get(expected) ?? []
      return seen.length === 0 ? [] : [shareOf(seen, expected, roles.verify.model.model, controls)]
    })
  }

  /** Reads what is new. @throws what the cluster fails with; the next look goes on from there */
  look(): Promise<void> {
    const look = this.#looking.catch(() => {}).then(() => this.#look())
    this.#looking = look
    return look
  }

  async #look(): Promise<void> {
    for await (const { record, timestamp } of readNew(this.#source, 'controls', this.#positions)) {
      if (isOfThisJudge(record, this.#source.config)) this.#take(record, timestamp)
    }
  }

  #take({ controlId, expected: said, judgement }: Control, at: number): void {
    const expected = EXPECTATIONS.find((one) => one === said)
    if (expected === undefined) return
    const seen = { id: controlId, at, isRight: judgement === expected }
    const last = [...(this.#last.get(expected) ?? []), seen].sort(inTime).slice(-CONTROL_WINDOW)
    this.#last.set(expected, last)
  }
}

/** What an alarm says. */
export function alarmText(
  { verifier, expected, shown, right }: ControlShare,
  { alarmBelow }: Controls,
): string {
  return `the judge ${verifier} says ${expected} of only ${right} of the last ${shown} controls of which it must (alarm below ${alarmBelow * 100} %): do not trust its verdicts; \`ninefold report --only judge-controls judge\` tells more`
}

function isOfThisJudge(
  { verifier, promptVersion }: Control,
  { roles, prompts }: ControlSource['config'],
): boolean {
  return verifier === roles.verify.model.model && promptVersion === prompts.verify.promptVersion
}

function shareOf(
  seen: readonly Seen[],
  expected: Expectation,
  verifier: string,
  { alarmBelow }: Controls,
): ControlShare {
  const shown = seen.length
  const right = seen.filter(({ isRight }) => isRight).length
  return { verifier, expected, shown, right, alarm: shown >= ENOUGH_CONTROLS && right / shown < alarmBelow }
}

function inTime(a: Seen, b: Seen): number {
  return a.at - b.at || (a.id < b.id ? -1 : 1)
}
