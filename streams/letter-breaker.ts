/**
 * Stops a step that would turn nearly everything it is given into dead letters: a judge that answers nonsense, or a topic
 * somebody else writes into. It looks at the records the step finished last on this worker. Too many dead letters among
 * them, and the next failure is none: its record stays unfinished, as all after it, until somebody has mended the
 * cause.
 *
 * Every dead letter counts, for each is a technical failure. What is wrong by judgement is none: questions nobody could
 * solve, wrong or cut paths, and records that say a path is missing are outputs, and count as records that went well.
 *
 * A step that was stopped once is watched more closely at each start: until a few records have been finished, three
 * failures do. Else a process that is started again and again by a supervisor would lose a handful each time.
 */
import type { LetterLimits } from '../config/types.ts'
import { StepHalted } from '../models/errors.ts'
import type { DeadLetter } from '../schemas/types.ts'

/** Fewer dead letters than this part of the window stop nothing, however few records there were. */
const BORNE_PART = 5
/** After a stop, so many failures among the first records stop the step again. */
const PROBE_LETTERS = 3

/** Too much of what a step did last failed. */
export class TooManyDeadLetters extends StepHalted {
  /** @param step what people call it */
  constructor(
    step: string,
    counts: { classes: ReadonlyMap<string, number>; finished: number },
    last: string,
  ) {
    const letters = [...counts.classes.values()].reduce((sum, count) => sum + count, 0)
    const named = [...counts.classes].map(([name, count]) => `${count} ${name}`).join(', ')
    super(
      'NF_DEAD_LETTER_SHARE',
      `step ${step} has stopped: ${letters} of the last ${counts.finished} records failed (${named}); the last one: ${last}`,
      `Mend the cause and run again: what is unfinished is tried then, and what failed before can be redriven (\`ninefold dead-letters list --step ${step}\`). If so many failures are to be expected, raise deadLetters.maxShare.`,
    )
    this.name = 'TooManyDeadLetters'
  }
}

/** What it needs to know of its step. */
export interface LetterBreakerOptions {
  /** What people call the step. */
  readonly step: string
  readonly limits: LetterLimits
  /** How often the step was stopped before. */
  readonly trips: number
  /** The step has been stopped. */
  readonly tripped: () => void
}

/** Watches one step of one worker. */
export class LetterBreaker {
  /** How often the step was stopped before this worker began. */
  readonly trips: number
  readonly #options: LetterBreakerOptions
  /** What became of the records finished last, the oldest first: a dead letter's class, or null for a good end. */
  readonly #last: (string | null)[] = []
  #oldest = 0
  #letters = 0
  #finished = 0
  #stopped: TooManyDeadLetters | null = null

  constructor(options: LetterBreakerOptions) {
    this.#options = options
    this.trips = options.trips
  }

  /** A record went well. */
  passed(): void {
    this.#note(null)
  }

  /**
   * A record failed.
   * @returns null when it may become a dead letter; else why the step stops, and the record stays unfinished
   */
  failed(letter: Pick<DeadLetter, 'class' | 'message'>): TooManyDeadLetters | null {
    if (this.#stopped !== null) return this.#stopped
    this.#note(letter.class)
    const { maxShare } = this.#options.limits
    if (this.#letters < this.#borne || this.#letters <= maxShare * this.#last.length) return null
    const counts = { classes: this.#classes(), finished: this.#last.length }
    this.#stopped = new TooManyDeadLetters(this.#options.step, counts, letter.message)
    this.#options.tripped()
    return this.#stopped
  }

  /** Dead letters from which on the share decides. */
  get #borne(): number {
    const borne = Math.ceil(this.#options.limits.window / BORNE_PART)
    return this.trips > 0 && this.#finished <= borne ? Math.min(PROBE_LETTERS, borne) : borne
  }

  #note(kind: string | null): void {
    const { window } = this.#options.limits
    this.#finished++
    if (kind !== null) this.#letters++
    if (this.#last.length < window) {
      this.#last.push(kind)
      return
    }
    if (this.#last[this.#oldest] !== null) this.#letters--
    this.#last[this.#oldest] = kind
    this.#oldest = (this.#oldest + 1) % window
  }

  #classes(): Map<string, number> {
    const classes = this.#last.filter((kind) => kind !== null)
    return new Map([...Map.groupBy(classes, (kind) => kind)].map(([kind, those]) => [kind, those.length]))
  }
}
