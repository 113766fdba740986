/**
 * Scores a sample of the chains of thought: of training records, and of the paths chosen for medium questions before
 * they are mended, so that the two sides of a mending can be compared. Both sides are sampled by the path they have in
 * common and so are scored both or not at all; they meet by its id in SQL, and nobody looks anything up.
 *
 * Stateless; in the topology only where a role scores. Failure: an answer that is no score goes back once; then the
 * record is a dead letter, and no score takes its place.
 */
import type { RoleSpec } from '../config/config.ts'
import { isSampled, type Scorable } from '../config/score.ts'
import { type ScoreAnswer, scoreShape } from '../prompts/score.ts'
import { contentId } from '../schemas/ids.ts'
import type { Path, Question, Ranked, Score, TrainingRecord } from '../schemas/types.ts'
import type { Emission, Input, Processor, ProcessorContext } from '../streams/processor.ts'
import { cotOf } from './chain-of-thought.ts'
import { gradesOf } from './grades.ts'
import { requestOf } from './request.ts'

/** Whose chain of thought it is: a training record's, or that of a path before it is mended. */
export type ScoreSubject = 'record' | 'before'

/** The id of a scorer's score. */
export function scoreIdOf(subject: string, subjectId: string, scorer: string, promptHash: string): string {
  return contentId('score', subject, subjectId, scorer, promptHash)
}

/** The path a record came from, where it came from one: what was written anew has no other side. */
export function pathOfRecord({ route, pathIds }: Pick<TrainingRecord, 'route' | 'pathIds'>): string | null {
  return route === 'regenerated' ? null : (pathIds[0] ?? null)
}

/** What decides whether a record is scored. */
export function scorableRecord(record: TrainingRecord): Scorable {
  const { tier, question, keptId } = record
  return { tier, source: question.source, sampledBy: pathOfRecord(record) ?? keptId }
}

/** What decides whether a chosen path is scored before it is mended. */
export function scorablePath({ tier, question }: Ranked, { pathId }: Path): Scorable {
  return { tier, source: question.source, sampledBy: pathId }
}

/** What is to be scored. */
interface Subject {
  readonly subject: ScoreSubject
  readonly subjectId: string
  readonly pathId: string | null
  readonly question: Question
  readonly tier: string
  readonly route: string
  readonly writer: string
  readonly cot: string
}

/** Step `score`. */
export const score: Processor<'records' | 'ranked', 'scores'> = {
  kind: 'stateless',
  step: 'score',
  inputs: ['records', 'ranked'],
  outputs: ['scores'],
  async process(input, context) {
    const role = context.config.roles.score
    if (role === null) return []
    return Promise.all(
      subjectsOf(input, context).map(async (subject): Promise<Emission<'scores'>> => {
        const value = await scored(subject, role, context)
        return { topic: 'scores', key: subject.question.questionId, value }
      }),
    )
  },
}

function subjectsOf(input: Input<'records' | 'ranked'>, { config }: ProcessorContext): Subject[] {
  if (input.topic === 'records') {
    const record = input.value
    const sampled = record.kind === 'record' && isSampled(config.score, scorableRecord(record))
    return sampled ? [recordSubject(record)] : []
  }
  if (!config.score.pairs) return []
  const ranked = input.value
  return ranked.chosen
    .filter((path) => isSampled(config.score, scorablePath(ranked, path)))
    .map((path) => pathSubject(ranked, path, config.verify.minCharacters))
}

function recordSubject(record: TrainingRecord): Subject {
  const { recordId, question, tier, route, writer, cot } = record
  const pathId = pathOfRecord(record)
  return { subject: 'record', subjectId: recordId, pathId, question, tier, route, writer, cot }
}

function pathSubject({ question, tier }: Ranked, path: Path, minCharacters: number): Subject {
  const { pathId, model } = path
  const cot = cotOf(path, minCharacters)
  return { subject: 'before', subjectId: pathId, pathId, question, tier, route: '', writer: model, cot }
}

async function scored(of: Subject, role: RoleSpec, { ask, config }: ProcessorContext): Promise<Score> {
  const prompt = config.prompts.score
  const { subject, subjectId, pathId, question, tier, route, writer, cot } = of
  const { value, requestHashes } = await ask.structured<ScoreAnswer>({
    ...requestOf(role, question.questionId, prompt.render({ question, cot })),
    shapeName: 'score',
    shape: scoreShape,
  })
  const { questionId, revision, source } = question
  return {
    scoreId: scoreIdOf(subject, subjectId, role.model.model, prompt.hash),
    ...{ subject, subjectId, pathId, questionId, revision, source, tier, route, writer },
    ...gradesOf(value),
    scorer: role.model.model,
    promptVersion: prompt.promptVersion,
    requestHashes,
    dataset: '',
  }
}
