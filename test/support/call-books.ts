/**
 * How many calls an edition should make, worked out from the records of its topics: each call is written down by what
 * decides its request, and is due where no edition has asked the same before. Journals, hashes of requests and
 * completions have no part in it. For pipelines of {@link recordedPipeline}, where `judge` verifies unless another does,
 * ranks and summarises, and `strong` mends in two calls and writes anew in one.
 */
import { join } from 'node:path'
import { openSession } from '../../pipeline/session.ts'
import { CHOSEN } from '../../prompts/rank.ts'
import type { Question, WrongPath } from '../../schemas/types.ts'
import { topicsOf } from '../../sinks/session-records.ts'
import type { Workspace } from './workspace.ts'

/** As many tries as the pipeline has where it says nothing of them. */
const TRIES = 3

/** Calls by model. */
export type Calls = Readonly<Record<string, number>>

/** A replay, with the calls it should have made and those an endpoint has seen. */
export interface ReplayRow {
  readonly replay: string
  readonly due: number
  readonly counted: number
}

/** What has been asked so far. */
export class CallBooks {
  readonly #asked = new Set<string>()
  readonly #rows: ReplayRow[] = []

  /** Enters what an edition rests on. @returns the calls of it that nobody had made before, by model */
  async enter(workspace: Workspace, edition: string): Promise<Calls> {
    const due: Record<string, number> = {}
    for await (const [model, ...what] of callsOf(workspace, edition)) {
      const call = JSON.stringify([model, ...what])
      if (this.#asked.has(call)) continue
      this.#asked.add(call)
      due[model] = (due[model] ?? 0) + 1
    }
    return due
  }

  /** Notes what became of a replay. */
  note(replay: string, due: number, counted: number): void {
    this.#rows.push({ replay, due, counted })
  }

  /** All that was noted, as a table. */
  get table(): string {
    const lines = this.#rows.map(({ replay, due, counted }) => `${replay.padEnd(48)} ${due} ${counted}`)
    return ['replay: calls it should make, calls counted at the endpoints', ...lines].join('\n')
  }
}

/** The sum over all models. */
export function total(calls: Calls): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0)
}

type Call = readonly [model: string, ...what: readonly unknown[]]

async function* callsOf(workspace: Workspace, edition: string): AsyncGenerator<Call> {
  const session = await openSession({ config: join(workspace.folder, 'ninefold.yaml'), edition })
  const read = topicsOf(session)
  try {
    for await (const { question, samplerId, path } of read('raw-paths')) {
      if (path !== null) yield [path.model, 'generate', ...asked(question), samplerId]
    }
    for await (const { question, samplerId, judgeVerdict, verifier } of read('verdicts')) {
      if (judgeVerdict !== null) yield [verifier, 'verify', ...keyed(question), samplerId]
    }
    for (const topic of ['triaged-easy', 'triaged-medium'] as const) {
      for await (const { question, correct } of read(topic)) {
        const candidates = correct.map(({ pathId }) => pathId)
        if (candidates.length > CHOSEN) yield ['judge', 'rank', ...keyed(question), candidates]
      }
    }
    for await (const { question, chosen, wrong } of read('ranked')) {
      for (const { answerText } of chosen) {
        const what = [...keyed(question), answerText, remarksOf(wrong)]
        yield ['strong', 'refine', ...what]
        yield ['strong', 'check', ...what]
      }
    }
    for await (const { question, attempts } of read('unsolved')) {
      for (const { try: number } of attempts) yield rewritten(question, number)
    }
    for await (const { question, cot, route, attempt } of read('kept')) {
      yield ['judge', 'summarize', ...asked(question), cot]
      const tries = route === 'regenerated' ? (attempt?.try ?? 0) : 0
      for (let number = 1; number <= tries; number++) yield rewritten(question, number)
    }
  } finally {
    await session.close()
  }
}

/** Prompts are others when the question was corrected. */
function asked({ questionId, stem }: Question) {
  return [questionId, stem]
}

/** Those with the answer key also when that was. */
function keyed(question: Question) {
  return [...asked(question), question.answer.labels]
}

/** The last try is shown the key. */
function rewritten(question: Question, number: number): Call {
  return ['strong', 'regenerate', number, ...(number === TRIES ? keyed(question) : asked(question))]
}

function remarksOf(wrong: readonly WrongPath[]): string[] {
  return wrong.map(({ reason }) => reason)
}
