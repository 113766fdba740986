/**
 * A pipeline whose edition `main` has its verdicts, and the completions of every call that follows from them: made by
 * the processors themselves, in memory, with models that are played.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { settleEdition } from '../../pipeline/editions.ts'
import { ScratchStores } from '../../pipeline/plan/scratch-stores.ts'
import { Publisher } from '../../pipeline/publish.ts'
import { openSession, type Session } from '../../pipeline/session.ts'
import { rank } from '../../processors/rank.ts'
import { refine } from '../../processors/refine.ts'
import { regenerate } from '../../processors/regenerate.ts'
import { summarize } from '../../processors/summarize.ts'
import { triage } from '../../processors/triage.ts'
import type { Completion, Question, Verdict } from '../../schemas/types.ts'
import { knownQuestion } from '../../simulate/load-book.ts'
import { settingsOf } from '../../simulate/options.ts'
import { playerFor } from '../../simulate/player.ts'
import { QuestionBook } from '../../simulate/question-book.ts'
import { type FlowHost, follow } from '../../streams/in-memory-flow.ts'
import type { AnyProcessor, Emission } from '../../streams/processor.ts'
import { syntheticQuestions } from '../questions.ts'
import { madeVerdicts } from './made-verdicts.ts'
import { playedAsk } from './played-ask.ts'
import { PARTS } from './settings.ts'

/** What is in the topics, and what a rebuild must make of it. */
export interface Dataset {
  readonly pipeline: string
  readonly verdictsTopic: string
  readonly verdicts: number
  readonly verdictBytes: number
  readonly completions: number
  readonly records: number
  readonly unsolved: number
}

type Counts = { -readonly [K in Exclude<keyof Dataset, 'pipeline' | 'verdictsTopic'>]: number }

const QUESTIONS_AT_ONCE = 50
const STEPS: readonly AnyProcessor[] = [triage, rank, refine, regenerate, summarize]

/**
 * Makes it, unless it was made before in this folder.
 * @param verdicts how many; a question's are made together, so it may be a few more
 */
export async function ensureDataset(
  config: string,
  verdicts: number,
  onProgress: (line: string) => void,
): Promise<Dataset> {
  const noted = join(dirname(config), 'dataset.json')
  if (existsSync(noted)) return JSON.parse(readFileSync(noted, 'utf8')) as Dataset
  const session = await openSession({ config })
  try {
    await settleEdition(session)
    const dataset = await fill(session, verdicts, onProgress)
    writeFileSync(noted, JSON.stringify(dataset))
    return dataset
  } finally {
    await session.close()
  }
}

async function fill(
  session: Session,
  verdicts: number,
  onProgress: (line: string) => void,
): Promise<Dataset> {
  const { config, fullName } = session
  const counts: Counts = { verdicts: 0, verdictBytes: 0, completions: 0, records: 0, unsolved: 0 }
  const publisher = await Publisher.open(session)
  try {
    for (let from = 0; counts.verdicts < verdicts; from += QUESTIONS_AT_ONCE) {
      const left = Math.ceil((verdicts - counts.verdicts) / config.samplers.length)
      const questions = syntheticQuestions(Math.min(QUESTIONS_AT_ONCE, left), from)
      await publishAll(publisher, await made(questions, session, counts), counts)
      if (from % 10_000 === 0) onProgress(`${counts.verdicts} of ${verdicts} verdicts are made`)
    }
  } finally {
    await publisher.close()
  }
  return { pipeline: config.pipeline, verdictsTopic: fullName('verdicts'), ...counts }
}

interface Made {
  readonly questions: readonly Question[]
  readonly verdicts: readonly Verdict[]
  readonly completions: readonly Completion[]
}

/** Verdicts on questions, and the calls that everything after them makes. @throws when a step fails on any of it */
async function made(
  questions: readonly Question[],
  { config, codec }: Session,
  counts: Counts,
): Promise<Made> {
  const book = new QuestionBook()
  for (const question of questions) book.add(knownQuestion(question))
  const completions: Completion[] = []
  const ask = playedAsk(
    playerFor(settingsOf({ parts: PARTS }), book),
    () => counts.completions++,
    (completion) => completions.push(completion),
  )
  using stores = new ScratchStores(config, codec)
  await stores.begin(0, STEPS)
  const host: FlowHost = {
    config,
    processors: STEPS,
    askFor: () => ask,
    decide: (processor, input) => stores.decide(processor, input),
    made({ topic }) {
      if (topic === 'records' || topic === 'unsolved') counts[topic]++
    },
    failed(_processor, _input, error) {
      throw error
    },
  }
  const verdicts = bySampler(questions.map((question) => madeVerdicts(question, config)))
  for (const value of verdicts) await follow(host, { topic: 'verdicts', value })
  counts.verdicts += verdicts.length
  return { questions, verdicts, completions }
}

/** As they come in life: a question's verdicts lie far apart. */
function bySampler(ofQuestions: readonly (readonly Verdict[])[]): Verdict[] {
  const samplers = ofQuestions[0]?.keys() ?? []
  return [...samplers].flatMap((at) => ofQuestions.map((verdicts) => verdicts[at]!))
}

async function publishAll(
  publisher: Publisher,
  { questions, verdicts, completions }: Made,
  counts: Counts,
): Promise<void> {
  const emissions: Emission[] = [
    ...questions.map((value) => ({ topic: 'questions' as const, key: value.questionId, value })),
    ...verdicts.map((value) => ({ topic: 'verdicts' as const, key: value.question.questionId, value })),
    ...completions.map((value) => ({ topic: 'completions' as const, key: value.questionId, value })),
  ]
  const records = emissions.map(publisher.encode)
  for (const [at, { topic }] of emissions.entries()) {
    if (topic === 'verdicts') counts.verdictBytes += records[at]!.value!.length
  }
  await publisher.publishEncoded(records)
}
