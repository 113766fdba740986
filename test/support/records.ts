import type { Config, RoleSpec, Sampler } from '../../config/config.ts'
import { pathIdOf } from '../../processors/generate.ts'
import { verdictIdOf } from '../../processors/verify.ts'
import { OUR_PROMPTS } from '../../prompts/prompts.ts'
import type { Intake, Path, Question, RawPath, Triaged, Verdict, WrongPath } from '../../schemas/types.ts'
import { reasoned } from './fake-ask.ts'

const model = (name: string) => ({
  name,
  endpoints: ['lab'],
  model: `${name}-model`,
  params: {},
  price: null,
})

/** A sampler; its id sorts by its number. */
export function sampler(number: number): Sampler {
  const samplerId = `sampler-${String(number).padStart(2, '0')}`
  return {
    name: `s${number}`,
    samplerId,
    model: model(`m${number}`),
    temperature: 0.7,
    topP: 0.9,
    maxTokens: 800,
    retryMaxTokens: null,
    ordinal: 1,
  }
}

const role = (name: RoleSpec['role']): RoleSpec => ({
  role: name,
  model: model(name),
  temperature: 0,
  topP: null,
  maxTokens: 900,
  retryMaxTokens: null,
})

/** The paper's configuration: nine samplers, 0-4 easy, 5-7 medium; with changes. */
export function config(changes: Partial<Config> = {}): Config {
  return {
    pipeline: 'test',
    edition: 'main',
    settings: [],
    endpoints: {},
    models: {},
    samplers: Array.from({ length: 9 }, (_, at) => sampler(at + 1)),
    roles: {
      verify: role('verify'),
      rank: role('rank'),
      refine: role('refine'),
      regenerate: role('regenerate'),
      summarize: role('summarize'),
      score: null,
    },
    triage: { easyMaxErrors: 4, mediumMaxErrors: 7, missing: 'wait', minVerdicts: 9 },
    regenerate: { tries: 3, showKey: 'lastTry', giveCorrectPath: false },
    verify: { minCharacters: 200 },
    controls: null,
    prompts: OUR_PROMPTS,
    filters: [],
    score: { share: 0.02, seed: 1, tiers: {}, sources: {}, pairs: true },
    deadLetters: { maxShare: 0.5, window: 100 },
    budgetUsd: null,
    roleBudgetsUsd: {},
    kafka: {
      brokers: null,
      topicPrefix: '',
      partitions: 8,
      replication: 1,
      compression: 'none',
      tls: null,
      sasl: null,
    },
    registry: null,
    clickhouse: { kind: 'off' },
    sources: [],
    export: { protected: [], similarity: 0.8 },
    monitor: null,
    dataDir: '.ninefold',
    processorFiles: [],
    plugins: [],
    ...changes,
  }
}

/** The same where a model scores, and everything is in the sample. */
export function scoringConfig(sampling: Partial<Config['score']> = {}): Config {
  const { roles, score, ...rest } = config()
  return {
    ...rest,
    roles: { ...roles, score: role('score') },
    score: { ...score, share: 1, ...sampling },
  }
}

/** An intake that will do, with changes. */
export function intake(changes: Partial<Intake> = {}): Intake {
  return {
    kind: 'question',
    id: '1',
    source: 'set',
    split: 'train',
    language: 'en',
    licence: 'MIT',
    labels: [],
    parentId: null,
    stem: 'Which drug causes a dry cough?',
    context: [],
    options: [
      { label: 'A', text: 'Lisinopril' },
      { label: 'B', text: 'Amlodipine' },
      { label: 'C', text: 'Atenolol' },
    ],
    form: 'choice',
    answer: { kind: 'choice', labels: ['A'], number: null, tolerance: null, texts: [] },
    revise: false,
    batch: null,
    ...changes,
  }
}

/** A question whose key is A, with changes. */
export function question(changes: Partial<Question> = {}): Question {
  const { revise: _revise, id: _id, batch: _batch, ...rest } = intake()
  return { ...rest, questionId: 'set:1', revision: 1, contentHash: 'content', ...changes }
}

/** A sampler's path that answers A, with changes. */
export function path(number: number, changes: Partial<Path> = {}, asked: Question = question()): Path {
  const { samplerId, model: spec, temperature, topP, ordinal } = sampler(number)
  return {
    pathId: pathIdOf(asked, samplerId),
    samplerId,
    model: spec.model,
    temperature,
    topP,
    ordinal,
    promptVersion: 'generate@1',
    reasoning: '',
    answerText: `Path ${number}. ${reasoned('A')}`,
    finishReason: 'stop',
    promptTokens: 100,
    completionTokens: 50,
    requestHash: `request-${number}`,
    ...changes,
  }
}

/** A raw path, with changes to the path. */
export function rawPath(changes: Partial<Path> = {}, asked: Question = question()): RawPath {
  const made = path(1, changes, asked)
  return {
    kind: 'path',
    pathId: made.pathId,
    samplerId: made.samplerId,
    question: asked,
    path: made,
    missing: null,
  }
}

/** A sampler's verdict: Correct, Error, or missing for the reason of a dead letter. */
export function verdict(
  number: number,
  outcome: 'Correct' | 'Error' | 'missing',
  asked: Question = question(),
  deadLetterId = 'dead',
): Verdict {
  const made = path(number, {}, asked)
  const { pathId, samplerId } = made
  const missing = outcome === 'missing'
  return {
    kind: missing ? 'missing' : 'verdict',
    verdictId: missing
      ? `missing-${pathId}-${deadLetterId}`
      : verdictIdOf(pathId, 'verify-model', OUR_PROMPTS.verify.hash),
    pathId,
    samplerId,
    question: asked,
    path: missing ? null : made,
    missing: missing ? { deadLetterId, reason: 'It broke.' } : null,
    judgement: missing ? '' : outcome,
    decidedBy: missing ? '' : 'judge',
    reason: missing ? '' : `Reason ${number}.`,
    extracted: missing ? null : ['A'],
    codeCheck: missing ? '' : 'match',
    judgeVerdict: missing ? null : outcome,
    judgeReason: missing ? null : `Reason ${number}.`,
    verifier: 'verify-model',
    promptVersion: 'verify@1',
    requestHash: null,
  }
}

/** A wrong path. */
export function wrongPath(number: number): WrongPath {
  const { pathId, samplerId, model: name } = path(number)
  return {
    pathId,
    samplerId,
    model: name,
    reason: `Mistake ${number}.`,
    verdictId: `verdict-${number}`,
    extracted: ['B'],
  }
}

/** A triaged question: so many Correct paths, the other of nine wrong. */
export function triaged(correct: number, tier: string, asked: Question = question()): Triaged {
  const right = Array.from({ length: correct }, (_, at) => path(at + 1, {}, asked))
  const wrong = Array.from({ length: 9 - correct }, (_, at) => wrongPath(correct + at + 1))
  return {
    triagedId: 'triaged-1',
    question: asked,
    tier,
    errors: wrong.length,
    expected: 9,
    correct: right,
    correctVerdictIds: right.map(({ pathId }) => `verdict of ${pathId}`),
    wrong,
    missing: [],
  }
}
