import type { DeadLetter } from '../schemas/types.ts'
import { IdTable } from './id-table.ts'

/** Where a record stands. */
export interface Place {
  /** The topic's full name. */
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** A dead letter without its contents. */
export type LetterHead = Place & Pick<DeadLetter, 'deadLetterId' | 'step' | 'questionId'>

/** What failed for good, by id and by place: what accounts for a record that is not there. */
export class DeadLetters {
  readonly #ids = new IdTable()
  readonly #byGroup = new IdTable()
  readonly #byStep = new IdTable()
  readonly #byPlace = new IdTable()
  /** By the number of the place. */
  readonly #letters: LetterHead[] = []
  /** They are dismissed by hand: few. */
  readonly #dismissed = new Set<string>()
  #dismissedByQuestion: ReadonlyMap<string, readonly LetterHead[]> | null = null
  readonly #met = new Set<number>()
  readonly #topicsRead = new Set<string>()

  /** Takes in a letter. @returns false when its group has written one for this very record before. */
  add(letter: DeadLetter): boolean {
    this.#ids.add(letter.deadLetterId)
    this.#byStep.add(placeText(letter.step, letter))
    const { deadLetterId, step, questionId, topic, partition, offset } = letter
    if (this.#byPlace.addNew(placeText('', letter))) {
      this.#letters.push({ deadLetterId, step, questionId, topic, partition, offset })
    }
    return this.#byGroup.addNew(placeText(letter.group, letter))
  }

  /** Somebody has set it aside for good. */
  dismiss(deadLetterId: string): void {
    this.#dismissed.add(deadLetterId)
  }

  /** How many were set aside. */
  get dismissedCount(): number {
    return this.#dismissed.size
  }

  /** The ids of a question's letters that were set aside. */
  dismissedOf(questionId: string): readonly string[] {
    if (this.#dismissed.size === 0) return []
    this.#dismissedByQuestion ??= Map.groupBy(
      this.#letters.filter(({ deadLetterId }) => this.#dismissed.has(deadLetterId)),
      (letter) => letter.questionId ?? '',
    )
    return (this.#dismissedByQuestion.get(questionId) ?? []).map(({ deadLetterId }) => deadLetterId)
  }

  has(deadLetterId: string): boolean {
    return this.#ids.has(deadLetterId)
  }

  /** Whether a step gave up on the record at this place. */
  of(step: string, place: Place): boolean {
    return this.#byStep.has(placeText(step, place))
  }

  /** A record stands at this place. */
  meet(place: Place): void {
    if (this.#letters.length === 0) return
    const number = this.#byPlace.find(placeText('', place))
    if (number >= 0) this.#met.add(number)
  }

  /** A topic was read to its end. */
  read(topic: string): void {
    this.#topicsRead.add(topic)
  }

  /** Letters about records that stand nowhere in the topics read. */
  *aboutNothing(): Generator<LetterHead> {
    for (const [number, letter] of this.#letters.entries()) {
      if (!this.#met.has(number) && this.#topicsRead.has(letter.topic)) yield letter
    }
  }

  /** Whether anybody gave up on the record at this place. */
  at(place: Place): boolean {
    return this.#byPlace.has(placeText('', place))
  }
}

function placeText(whose: string, { topic, partition, offset }: Place): string {
  return `${whose} ${topic}/${partition}/${offset}`
}
