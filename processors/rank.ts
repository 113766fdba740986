/**
 * Chooses the best two Correct paths of a question. Two or fewer are chosen as they are (ReasonMed paper,
 * section 3.3); of more a ranker chooses, who sees them under neutral labels in an order made of a hash of
 * question and path. Easy questions are done with that: their paths are kept. The others go on to be mended.
 *
 * Stateless. Failure: an answer that names other labels, or one twice, goes back once; then it is a dead
 * letter.
 */
import { CHOSEN, candidateLabel, type RankAnswer, rankComplaint, rankShape } from '../prompts/rank.ts'
import { contentId } from '../schemas/ids.ts'
import type { Kept, Path, PathNote, Ranked, Triaged } from '../schemas/types.ts'
import type { Emission, Processor, ProcessorContext } from '../streams/processor.ts'
import { cotOf } from './chain-of-thought.ts'
import { requestOf } from './request.ts'

/** What came of ranking. */
interface Choice {
  readonly rankingId: string
  /** Best first. */
  readonly chosen: readonly Path[]
  readonly notChosen: readonly PathNote[]
  /** null when nothing had to be ranked. */
  readonly ranker: string | null
  readonly requestHashes: readonly string[]
}

/** Step `rank`. */
export const rank: Processor<'triaged-easy' | 'triaged-medium', 'kept' | 'ranked'> = {
  kind: 'stateless',
  step: 'rank',
  inputs: ['triaged-easy', 'triaged-medium'],
  outputs: ['kept', 'ranked'],
  async process({ value: triaged }, context) {
    const choice = await choose(triaged, context)
    const key = triaged.question.questionId
    // Without a path to keep, a question goes the way of those to be mended: from there it is written anew.
    if (triaged.tier !== 'easy' || choice.chosen.length === 0) {
      return [{ topic: 'ranked', key, value: rankedOf(triaged, choice) }]
    }
    const { minCharacters } = context.config.verify
    return choice.chosen.map(
      (path, place): Emission<'kept'> => ({
        topic: 'kept',
        key,
        value: keptOf(triaged, choice, path, place + 1, cotOf(path, minCharacters)),
      }),
    )
  },
}

/** The id of the ranking of these candidates; the same when nothing had to be asked. */
export function rankingIdOf(
  { question, correct }: Pick<Triaged, 'question' | 'correct'>,
  promptHash: string,
): string {
  const candidates = correct.map(({ pathId }) => pathId).sort()
  return contentId('ranking', question.questionId, question.revision, candidates, promptHash)
}

async function choose(triaged: Triaged, { ask, config }: ProcessorContext): Promise<Choice> {
  const { question, correct } = triaged
  const prompt = config.prompts.rank
  const rankingId = rankingIdOf(triaged, prompt.hash)
  if (correct.length <= CHOSEN) {
    return { rankingId, chosen: correct, notChosen: [], ranker: null, requestHashes: [] }
  }
  const role = config.roles.rank
  const byLabel = new Map(shuffled(triaged).map((path, place) => [candidateLabel(place), path]))
  const candidates = [...byLabel].map(([label, path]) => ({
    label,
    cot: cotOf(path, config.verify.minCharacters),
  }))
  const { value, requestHashes } = await ask.structured<RankAnswer>({
    ...requestOf(role, question.questionId, prompt.render({ question, candidates })),
    shapeName: 'ranking',
    shape: rankShape([...byLabel.keys()]),
    check: rankComplaint,
  })
  const chosen = value.best.flatMap((label) => byLabel.get(label) ?? [])
  const notChosen = [...byLabel]
    .filter(([label]) => !value.best.includes(label))
    .map(([label, { pathId }]) => ({ pathId, reason: value.notes[label]?.trim() ?? '' }))
    .sort((a, b) => (a.pathId < b.pathId ? -1 : 1))
  return { rankingId, chosen, notChosen, ranker: role.model.model, requestHashes }
}

/** The candidates in an order that neither arrival, sampler nor model has a part in. */
function shuffled({ question, correct }: Triaged): Path[] {
  const placed = correct.map((path) => ({
    path,
    place: contentId('shuffle', question.questionId, path.pathId),
  }))
  return placed.sort((a, b) => (a.place < b.place ? -1 : 1)).map(({ path }) => path)
}

function verdictIdOf({ correct, correctVerdictIds }: Triaged, path: Path): string[] {
  return correctVerdictIds.slice(correct.indexOf(path)).slice(0, 1)
}

function rankedOf(triaged: Triaged, choice: Choice): Ranked {
  const { rankingId, chosen, notChosen, ranker, requestHashes } = choice
  const { triagedId, question, tier, errors, wrong } = triaged
  return {
    rankingId,
    triagedId,
    question,
    tier,
    errors,
    chosen,
    chosenVerdictIds: chosen.flatMap((path) => verdictIdOf(triaged, path)),
    notChosen,
    wrong,
    ranker,
    requestHash: requestHashes.at(-1) ?? null,
  }
}

function keptOf(triaged: Triaged, choice: Choice, path: Path, rank: number, cot: string): Kept {
  const { triagedId, question, tier, errors } = triaged
  return {
    keptId: contentId('kept', 'ranked', path.pathId),
    question,
    tier,
    route: 'ranked',
    errors,
    rank,
    cot,
    writer: path.model,
    // Correct means that it concludes the key, also where code could not read it.
    answer: question.answer.labels,
    pathIds: [path.pathId],
    verdictIds: verdictIdOf(triaged, path),
    triagedId,
    rankingId: choice.rankingId,
    escalatedId: null,
    attempt: null,
    keyShown: false,
    notChosen: rank === 1 ? choice.notChosen : [],
    requestHashes: choice.requestHashes,
  }
}
