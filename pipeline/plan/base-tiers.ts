/** How the questions of the edition a plan starts from were decided, and how often its verdicts were Error. */
import { stateKey, tallyOf } from '../../processors/triage-state.ts'
import { TIERS, type Tier } from '../../schemas/topics.ts'
import type { TriageState } from '../../schemas/types.ts'
import type { TierNow } from './open-ends.ts'

/** Where nothing was judged: of the paths in the ReasonMed paper 74.5 % were right. */
const ASSUMED_WRONG = 0.255

interface Decided {
  readonly questionId: string
  readonly revision: number
  readonly tier: TierNow
  readonly correct: number
  readonly wrong: number
}

/** One partition's questions, and the verdicts of all that were read. */
export class BaseTiers {
  readonly #verdicts = new Map<TierNow, { correct: number; wrong: number }>()
  #questions: ReadonlyMap<string, Decided> = new Map()

  /** Takes in a partition of triage's states, in the place of the one before. */
  async read(states: AsyncIterable<TriageState>): Promise<void> {
    const questions = new Map<string, Decided>()
    for await (const state of states) questions.set(stateKey(state), decidedOf(state))
    this.#questions = questions
    for (const { tier, correct, wrong } of questions.values()) {
      const sum = this.#verdicts.get(tier) ?? { correct: 0, wrong: 0 }
      this.#verdicts.set(tier, { correct: sum.correct + correct, wrong: sum.wrong + wrong })
    }
  }

  /** The tier of a question revision of this partition. */
  tierOf(key: string): TierNow {
    return this.#questions.get(key)?.tier ?? 'waiting'
  }

  /** The decided questions of this partition; of several revisions the newest. */
  byQuestion(): Map<string, Tier> {
    const newest = new Map<string, Decided>()
    for (const question of this.#questions.values()) {
      const known = newest.get(question.questionId)
      if (known === undefined || known.revision < question.revision) newest.set(question.questionId, question)
    }
    const tiers = new Map<string, Tier>()
    for (const [id, { tier }] of newest) if (tier !== 'waiting') tiers.set(id, tier)
    return tiers
  }

  /** The share of Errors among the verdicts on questions of a tier; among all where none was given. */
  wrongShare(tier: TierNow): number {
    return share([this.#verdicts.get(tier)]) ?? share([...this.#verdicts.values()]) ?? ASSUMED_WRONG
  }
}

function decidedOf(state: TriageState): Decided {
  const { correct, wrong } = tallyOf(state, state.samplers.length)
  return {
    questionId: state.questionId,
    revision: state.revision,
    tier: TIERS.find((tier) => state.status === 'decided' && tier === state.tier) ?? 'waiting',
    correct,
    wrong,
  }
}

function share(verdicts: readonly ({ correct: number; wrong: number } | undefined)[]): number | null {
  const sum = (of: 'correct' | 'wrong') => verdicts.reduce((total, one) => total + (one?.[of] ?? 0), 0)
  const all = sum('correct') + sum('wrong')
  return all === 0 ? null : sum('wrong') / all
}
