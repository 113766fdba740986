import type { Config } from '../config/config.ts'
import { isSampled } from '../config/score.ts'
import { pathOfRecord, type ScoreSubject, scorablePath, scorableRecord } from '../processors/score.ts'
import { DATASET_SUBJECT } from '../processors/score-datasets.ts'
import { contentId } from '../schemas/ids.ts'
import type { Path, Question, Ranked, Score, ScoreItem, TrainingRecord } from '../schemas/types.ts'
import { IdTable } from './id-table.ts'

/** What a score repeats of what it is a score of. */
type Subject = Pick<Score, 'subject' | 'subjectId' | 'pathId' | 'tier' | 'route' | 'writer' | 'dataset'> &
  Pick<Question, 'questionId' | 'revision' | 'source'>

/** Sampled by the settings there are now, and not given up on. */
const DUE = 1
const SCORED = 2

/** Everything that may be scored, by the id of the record or the path, and what of it has been. */
export class Scorables {
  readonly #config: Config
  readonly #ids = new IdTable()
  /** Fingerprints of what their scores must repeat. */
  readonly #subjects = new IdTable()
  readonly #marks: number[] = []

  constructor(config: Config) {
    this.#config = config
  }

  /** How many of them are to be scored. */
  get due(): number {
    return this.#marks.filter((marks) => (marks & DUE) !== 0).length
  }

  /** A training record. @param dead whether the scorer gave up on it */
  addRecord(record: TrainingRecord, dead: boolean): void {
    const { recordId: subjectId, question, tier, route, writer } = record
    const pathId = pathOfRecord(record)
    const sampled = isSampled(this.#config.score, scorableRecord(record))
    this.#add({ ...named('record', question), subjectId, pathId, tier, route, writer }, sampled && !dead)
  }

  /** A path chosen to be mended. @param dead whether the scorer gave up on its ranking */
  addPath(ranked: Ranked, path: Path, dead: boolean): void {
    const { question, tier } = ranked
    const { pathId, model: writer } = path
    const { score } = this.#config
    const sampled = score.pairs && isSampled(score, scorablePath(ranked, path))
    const subject = { ...named('before', question), subjectId: pathId, pathId, tier, route: '', writer }
    this.#add(subject, sampled && !dead)
  }

  /** An item of a dataset from outside. @param dead whether the scorer gave up on it @returns false when it had come before */
  addItem({ itemId, dataset }: ScoreItem, dead: boolean): boolean {
    const isNew = !this.#ids.has(itemId)
    const own = { questionId: itemId, revision: 1, source: '', pathId: null, tier: '', route: '', writer: '' }
    this.#add({ subject: DATASET_SUBJECT, subjectId: itemId, ...own, dataset }, !dead)
    return isNew
  }

  has(subjectId: string): boolean {
    return this.#ids.has(subjectId)
  }

  /** Whether a score repeats what its subject says of itself. */
  agrees(score: Score): boolean {
    return this.#subjects.has(fingerprint(score))
  }

  /** A score came. @returns false when one had come before. */
  score(subjectId: string): boolean {
    const number = this.#ids.find(subjectId)
    const marks = this.#marks[number] ?? 0
    this.#marks[number] = marks | SCORED
    return (marks & SCORED) === 0
  }

  /** What is to be scored and has not been. */
  *unscored(): Generator<string> {
    for (const [number, marks] of this.#marks.entries()) {
      if (marks === DUE) yield this.#ids.idAt(number)
    }
  }

  #add(subject: Subject, isDue: boolean): void {
    this.#subjects.add(fingerprint(subject))
    if (!this.#ids.addNew(subject.subjectId)) return
    this.#marks.push(isDue && this.#config.roles.score !== null ? DUE : 0)
  }
}

function named(subject: ScoreSubject, { questionId, revision, source }: Question) {
  return { subject, questionId, revision, source, dataset: '' }
}

function fingerprint(of: Subject): string {
  const { subject, subjectId, pathId, questionId, revision, source, tier, route, writer, dataset } = of
  const place = [questionId, revision, source, tier, route]
  return contentId('scorable', subject, subjectId, pathId, ...place, writer, dataset)
}
