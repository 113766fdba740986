// Generated from the .avsc files by `npm run schemas`; edit those instead.

/** The checkable answer. Today `choice`: the correct labels, as a set. The other fields leave room for later kinds of answers without breaking a reader. */
export interface AnswerKey {
  /** choice; later number, text, ranking. */
  kind: string
  /** The correct labels, sorted; for a later ranking kind, in order. */
  labels: readonly string[]
  /** For a later numeric kind. */
  number: number | null
  /** Absolute tolerance of the numeric kind. */
  tolerance: number | null
  /** Accepted texts of a later short-text kind. */
  texts: readonly string[]
}

/** One try at mending or rewriting a path, whether it passed or not. */
export interface Attempt {
  /** hash(inputs, model, prompt, try). */
  attemptId: string
  /** From 1. */
  try: number
  /** The model string. */
  model: string
  /** name@version. */
  promptVersion: string
  /** Whether the prompt showed the answer key. */
  keyShown: boolean
  /** The path it started from; null when written anew. */
  fromPathId: string | null
  /** What the model thought apart from its answer. */
  reasoning: string
  /** What it wrote. */
  text: string
  /** The labels it answered. */
  extracted: readonly string[] | null
  /** Whether it was kept. */
  passed: boolean
  /** Why not; empty when it passed. */
  reason: string
  /** The calls it took. */
  requestHashes: readonly string[]
}

/** A limit of spending that somebody set or changed, or that was reached. */
export interface BudgetEvent {
  /** hash(the event of this limit before, kind, limit): a change has one, whoever writes it. */
  eventId: string
  /** Whose money it is. */
  edition: string
  /** set, raised, lowered, removed, reached; run-reached for the limit of one run, which nobody else is held by. */
  kind: string
  /** The role whose limit it is, generate among them; null for the edition's, or a run's. */
  role: string | null
  /** The limit from now on, in billionths of a US dollar; null when there is none any more. */
  limitNanoUsd: number | null
  /** What counted for it then, as this machine knew it; null when it was not looked at. */
  spentNanoUsd: number | null
  /** The worker that noticed; null when none had started yet. */
  slot: string | null
  /** Its machine's name. */
  host: string
  /** Milliseconds since 1970, by that machine's clock. */
  at: number
}

/** One call that reached an endpoint, whatever became of it: the money's own record. */
export interface Completion {
  /** <journal>/<sequence>: unique. */
  paymentId: string
  /** The journal that wrote it. */
  journal: string
  /** Its place there, from 0. */
  sequence: number
  /** hash(rendered request, sample index, try): the cache key. */
  requestHash: string
  /** generate, verify, … */
  step: string
  /** For whom. */
  questionId: string
  /** The model string. */
  model: string
  /** The endpoint's name in the configuration. */
  endpoint: string
  /** answered; failed (an answer was owed and did not come); too-large (answered, but cut to what a broker takes). */
  status: string
  /** Apart from the answer. */
  reasoning: string
  /** The answer. */
  text: string
  /** As the endpoint said. */
  finishReason: string
  /** As reported. */
  promptTokens: number | null
  /** As reported. */
  completionTokens: number | null
  /** Billionths of a US dollar; null when price or usage is unknown. */
  costNanoUsd: number | null
  /** What it counts for in the budget while its cost is unknown: what was reserved for it; null without a budget. */
  atMostNanoUsd: number | null
  /** Milliseconds since 1970. */
  startedAt: number
  /** Milliseconds. */
  durationMs: number
  /** 1 for the first time this request was sent. */
  attempt: number
  /** How often an endpoint turned this request away before this call (429, or another word for too many), since the last call of it in this log. */
  turnedAway: number
  /** Why it failed. */
  error: string | null
}

/** A path of which it is known beforehand whether it is wrong, put before the judge to see whether it notices. An observation of the judge alone: no path of a question, and nothing is made of it. */
export interface Control {
  /** hash(the path it was drawn by, kind, what was judged, verifier, prompt). */
  controlId: string
  /** wrong-answer (argues for another option than the key, and ends there), wrong-argument (argues for another option, and ends at the key all the same) or given (from the file of the configuration). */
  kind: string
  /** What a judge must say: Error, or Correct of a given path that is right. */
  expected: string
  /** The path by whose id it was drawn. */
  drawnBy: string
  /** The question of that path; the control's own, unless it is given. */
  questionId: string
  /** The revision of that question. */
  revision: number
  /** Where that question comes from. */
  source: string
  /** hash(question, reasoning, expected) of a given control; null for one that was made up. */
  givenId: string | null
  /** The reasoning the judge saw. */
  cot: string
  /** What the judge said: Correct or Error. */
  judgement: string
  /** Why, in the judge's words. */
  reason: string
  /** The judge's model string. */
  verifier: string
  /** name@version. */
  promptVersion: string
  /** The judge's call. */
  requestHash: string
}

/** A record whose step failed technically, for good; with its bytes, so that it can be tried again. */
export interface DeadLetter {
  /** hash(group, the record's bytes, the dead letter it was redriven from). */
  deadLetterId: string
  /** The consumer group: only it takes a redrive. */
  group: string
  /** The step's name. */
  step: string
  /** Where the record stood. */
  topic: string
  /** Its partition. */
  partition: number
  /** Its offset. */
  offset: number
  /** Its question, where it could be read. */
  questionId: string | null
  /** undecodable, bad-input, conflict, malformed-answer, refused, content-filter, context-length, no-answer, too-large, internal, … */
  class: string
  /** What happened; holds no secret. */
  message: string
  /** How often it was tried. */
  attempts: number
  /** The model's text that would not do. */
  answer: string | null
  /** The record's key. */
  key: Buffer | null
  /** The record's value. */
  value: Buffer | null
  /** The dead letter this was a second try of. */
  redrivenFrom: string | null
  /** The record's headers, as far as they are small. */
  headers: readonly RecordHeader[]
}

/** What a dataset edition is: recorded at its first start, and never changed. It may be followed by a record of kind dropping, and that by one of kind started that takes it back. */
export interface Edition {
  /** started, or dropping: it is being deleted. */
  kind: string
  /** Its name. */
  edition: string
  /** Hash of all that changes results. */
  hash: string
  /** That configuration, as canonical JSON. */
  config: string
  /** The edition it shares upstream topics with. */
  base: string | null
  /** The first topic that is shared. */
  from: string | null
  /** Ninefold's version. */
  codeVersion: string
  /** What was set beside the file and decides results, each key=value. */
  settings: readonly string[]
  /** How much there was to take in when it was first started; empty where it was not noted. */
  inputs: readonly InputEnd[]
}

/** A medium question whose mended paths all failed. */
export interface Escalated {
  /** hash(ranking, attempts). */
  escalatedId: string
  /** What it came from. */
  rankingId: string
  /** Its triage. */
  triagedId: string
  /** The question. */
  question: Question
  /** medium: triage's word does not change. */
  tier: string
  /** As triaged. */
  errors: number
  /** The paths that were to be mended. */
  correct: readonly Path[]
  /** As triaged. */
  wrong: readonly WrongPath[]
  /** The mended paths that failed. */
  attempts: readonly Attempt[]
}

/** Where a partition of an edition's input ended. */
export interface InputEnd {
  /** The topic's short name. */
  topic: string
  /** The partition. */
  partition: number
  /** The offset after its last. */
  end: number
}

/** A question on its way in, written by a loader or by any Avro client, under any key. */
export interface Intake {
  /** question, or withdrawn. */
  kind: string
  /** The source's own id. */
  id: string | null
  /** Where it comes from. */
  source: string
  /** The source's split. */
  split: string
  /** BCP 47 tag. */
  language: string
  /** SPDX id or free text. */
  licence: string
  /** Free labels. */
  labels: readonly string[]
  /** The question this one was derived from. */
  parentId: string | null
  /** The question's text. */
  stem: string
  /** Passages. */
  context: readonly string[]
  /** 2 to 26 options; empty with yes-no-maybe. */
  options: readonly Option[]
  /** choice, or yes-no-maybe. */
  form: string
  /** The key. */
  answer: AnswerKey
  /** Whether other content under a known id is a revision; refused otherwise. */
  revise: boolean
  /** The load that brought it. It goes no further: two loads may bring the same question, and what is made of it must not depend on which came first. */
  batch: string | null
}

/** One chain of thought that made it: chosen, mended or written anew. */
export interface Kept {
  /** hash(route, path or attempt). */
  keptId: string
  /** The question. */
  question: Question
  /** Triage's tier. */
  tier: string
  /** ranked, refined or regenerated. */
  route: string
  /** As triaged. */
  errors: number
  /** 1 or 2: its place in the ranking; 1 when regenerated. */
  rank: number
  /** The chain of thought. */
  cot: string
  /** The model string that wrote it. */
  writer: string
  /** The labels it concludes. */
  answer: readonly string[]
  /** The paths it comes from. */
  pathIds: readonly string[]
  /** Their verdicts. */
  verdictIds: readonly string[]
  /** Its triage. */
  triagedId: string
  /** Its ranking. */
  rankingId: string | null
  /** The escalation it went through. */
  escalatedId: string | null
  /** The mending or rewriting; null when a path was kept as it is. */
  attempt: Attempt | null
  /** Whether the model that wrote it was shown the answer key. */
  keyShown: boolean
  /** Why the others were not chosen, on the first of a question. */
  notChosen: readonly PathNote[]
  /** The calls behind this step. */
  requestHashes: readonly string[]
}

/** An expected path that never came. */
export interface MissingPath {
  /** The expected path. */
  pathId: string
  /** Its sampler. */
  samplerId: string
  /** Why. */
  reason: string
  /** The dead letter. */
  deadLetterId: string
}

/** Stands in for what a technical failure kept from being made, so that nobody waits unknowingly. */
export interface Missing {
  /** The dead letter that tells the whole story. */
  deadLetterId: string
  /** The failure in a sentence. */
  reason: string
}

/** One labelled answer option. */
export interface Option {
  /** A to Z. */
  label: string
  /** What the option says. */
  text: string
}

/** One sentence about a path. */
export interface PathNote {
  /** The path. */
  pathId: string
  /** The sentence. */
  reason: string
}

/** One reasoning path: what a sampler's model wrote, and under which settings. */
export interface Path {
  /** hash(question, revision, sampler). */
  pathId: string
  /** hash(model, sampling parameters, prompt, ordinal). */
  samplerId: string
  /** The model string sent to the endpoint. */
  model: string
  /** null: left to the endpoint. */
  temperature: number | null
  /** null: left to the endpoint. */
  topP: number | null
  /** Tells samplers of equal settings apart; from 1. */
  ordinal: number
  /** name@version of the prompt. */
  promptVersion: string
  /** What the model thought, apart from its answer; empty when it does not separate them. */
  reasoning: string
  /** What the model answered. */
  answerText: string
  /** stop, length, content_filter, … as the endpoint said. */
  finishReason: string
  /** As reported; null when the endpoint did not say. */
  promptTokens: number | null
  /** As reported; null when the endpoint did not say. */
  completionTokens: number | null
  /** The call that wrote it: joins to completions. */
  requestHash: string
}

/** An admitted question: what every later record carries along, so that nobody looks it up elsewhere. */
export interface Question {
  /** question, or withdrawn when the question was taken back. */
  kind: string
  /** <source>:<given id>, or <source>:<hash of the normalised stem and options>. */
  questionId: string
  /** 1 for the first; a corrected key or text is the next. */
  revision: number
  /** Where it comes from, e.g. medqa. */
  source: string
  /** train, dev, test as the source names it; empty when unknown. */
  split: string
  /** BCP 47 tag; empty when unknown. */
  language: string
  /** SPDX id or the source's own words; empty when unknown. */
  licence: string
  /** Free labels, e.g. topics. */
  labels: readonly string[]
  /** The question this one was derived from. */
  parentId: string | null
  /** The question's text. */
  stem: string
  /** Passages the question is asked about. */
  context: readonly string[]
  /** choice, or yes-no-maybe. */
  form: string
  /** 2 to 26 options. */
  options: readonly Option[]
  /** The key. */
  answer: AnswerKey
  /** Hash of all that matters for the answer: an exact repeat has the same. */
  contentHash: string
}

/** A medium question with the paths chosen for mending. */
export interface Ranked {
  /** hash(question, revision, candidates, prompt). */
  rankingId: string
  /** What was ranked. */
  triagedId: string
  /** The question. */
  question: Question
  /** medium. */
  tier: string
  /** As triaged. */
  errors: number
  /** Best first, at most two. */
  chosen: readonly Path[]
  /** Their verdicts, in the same order. */
  chosenVerdictIds: readonly string[]
  /** One sentence a Correct path not chosen. */
  notChosen: readonly PathNote[]
  /** As triaged. */
  wrong: readonly WrongPath[]
  /** The ranker's model string; null when nothing had to be ranked. */
  ranker: string | null
  /** The ranker's call. */
  requestHash: string | null
}

/** A path as generated, with its question; or a word that it is missing. */
export interface RawPath {
  /** path, or missing. */
  kind: string
  /** The path, also when missing. */
  pathId: string
  /** Its sampler. */
  samplerId: string
  /** The question. */
  question: Question
  /** null when missing. */
  path: Path | null
  /** null unless missing. */
  missing: Missing | null
}

/** One header of a Kafka record. */
export interface RecordHeader {
  /** Its name; a record may have several of one name. */
  name: string
  /** What it says. */
  value: Buffer
}

/** An order to try a dead letter again; or word that it is dismissed, and never will be. */
export interface Redrive {
  /** hash(kind, dead letter): of several orders for one dead letter the first is followed. */
  redriveId: string
  /** The dead letter. */
  deadLetterId: string
  /** The one group that takes it; empty where nobody does. */
  group: string
  /** The topic it failed on. */
  topic: string
  /** The record's key. */
  key: Buffer | null
  /** The record's value. */
  value: Buffer | null
  /** order, dismissed, … */
  kind: string
  /** Of a dismissal: why. */
  why: string | null
  /** Of a dismissal: who. */
  by: string | null
}

/** What triage knows of one sampler's path. */
export interface SamplerState {
  /** The sampler. */
  samplerId: string
  /** Where its verdict stands in this partition of verdicts. */
  offset: number
  /** The verdict. */
  verdictId: string
  /** Correct, Error or missing. */
  outcome: string
  /** Whether it came after the decision, and changed nothing. */
  late: boolean
}

/** An item of a dataset from outside, to be scored: what was asked, and what is written there as the answer. */
export interface ScoreItem {
  /** hash(dataset, prompt, answer): the same item of a dataset is the same record, wherever it stands in it. */
  itemId: string
  /** What the dataset is called here. */
  dataset: string
  /** What was asked, as the dataset has it: a question with its options, or a conversation up to its last answer. */
  prompt: string
  /** What is scored: reasoning and answer, as the dataset has them, without the tags of thoughts. */
  answer: string
}

/** A chain of thought scored from 1 to 10 on four criteria, with a sentence on each: an observation, which no result depends on. */
export interface Score {
  /** hash(subject, what was scored, scorer, prompt). */
  scoreId: string
  /** What was scored: record (the chain of thought of a training record), before (a chosen path, before it was mended) or dataset (an item of a dataset from outside). */
  subject: string
  /** The id of what was scored: a record's, a path's, or an item's. */
  subjectId: string
  /** The path that was scored, or that the record came from: the two sides of a pair have the same; null where a record was written anew. */
  pathId: string | null
  /** Its question; of an item of a dataset from outside the item's own id. */
  questionId: string
  /** The revision of its question. */
  revision: number
  /** Where its question comes from. */
  source: string
  /** Triage's tier. */
  tier: string
  /** ranked, refined or regenerated; empty for a path that was not mended yet. */
  route: string
  /** The model string that wrote what was scored. */
  writer: string
  /** The score for clinical accuracy, 1 to 10. */
  clinicalAccuracy: number
  /** Why, in a sentence. */
  clinicalAccuracyReason: string
  /** The score for logic, 1 to 10. */
  logic: number
  /** Why, in a sentence. */
  logicReason: string
  /** The score for factual correctness, 1 to 10. */
  factualCorrectness: number
  /** Why, in a sentence. */
  factualCorrectnessReason: string
  /** The score for completeness, 1 to 10. */
  completeness: number
  /** Why, in a sentence. */
  completenessReason: string
  /** The mean of the four scores, computed by code. */
  overall: number
  /** The scorer's model string. */
  scorer: string
  /** name@version. */
  promptVersion: string
  /** The scorer's calls. */
  requestHashes: readonly string[]
  /** The dataset from outside it is an item of; empty for what this pipeline wrote. */
  dataset: string
}

/** A training record with its whole ancestry by id. Holds no time and no offset: the same inputs make the same bytes. */
export interface TrainingRecord {
  /** record, or withdrawn. */
  kind: string
  /** hash(edition, kept, summary prompt and model). */
  recordId: string
  /** The hash of the edition: of all settings and prompts that decide results, whatever the edition is called. */
  edition: string
  /** The question. */
  question: Question
  /** Triage's tier. */
  tier: string
  /** ranked, refined or regenerated. */
  route: string
  /** As triaged. */
  errors: number
  /** 1 or 2. */
  rank: number
  /** The chain of thought; holds no think tag. */
  cot: string
  /** The concise rationale; holds no think tag. */
  response: string
  /** The labels it concludes. */
  answer: readonly string[]
  /** What it was made of. */
  keptId: string
  /** Paths. */
  pathIds: readonly string[]
  /** Verdicts. */
  verdictIds: readonly string[]
  /** Triage. */
  triagedId: string
  /** Ranking. */
  rankingId: string | null
  /** Escalation. */
  escalatedId: string | null
  /** Mending or rewriting. */
  attemptId: string | null
  /** Whether the writer was shown the key. */
  keyShown: boolean
  /** The model string that wrote the chain of thought. */
  writer: string
  /** The model string that wrote the response. */
  summarizer: string
  /** name@version. */
  summaryPrompt: string
  /** All calls of the last steps; earlier ones hang on the ids above. */
  requestHashes: readonly string[]
}

/** What triage knows of one question revision. Compacted by key, never tombstoned. */
export interface TriageState {
  /** The question. */
  questionId: string
  /** Its revision. */
  revision: number
  /** open, or decided. */
  status: string
  /** easy, medium or difficult, once decided. */
  tier: string | null
  /** Sorted by sampler id. */
  samplers: readonly SamplerState[]
}

/** A question with all its verdicts in, and the tier they make. */
export interface Triaged {
  /** hash(question, revision, verdict ids). */
  triagedId: string
  /** The question. */
  question: Question
  /** easy, medium or difficult; never changes. */
  tier: string
  /** Paths judged Error, as counted by the policy for missing ones. */
  errors: number
  /** Configured samplers. */
  expected: number
  /** Correct paths in full, sorted by sampler id. */
  correct: readonly Path[]
  /** Their verdicts, in the same order. */
  correctVerdictIds: readonly string[]
  /** Error paths, reasons only, sorted by sampler id. */
  wrong: readonly WrongPath[]
  /** What never came. */
  missing: readonly MissingPath[]
}

/** A question the models could not answer; its attempts are kept. */
export interface Unsolved {
  /** hash(triage, attempts). */
  unsolvedId: string
  /** Its triage. */
  triagedId: string
  /** The escalation it went through. */
  escalatedId: string | null
  /** The question. */
  question: Question
  /** Triage's tier. */
  tier: string
  /** As triaged. */
  errors: number
  /** All tries. */
  attempts: readonly Attempt[]
}

/** A path judged Correct or Error, by code and by judge; both judgements are kept. */
export interface Verdict {
  /** verdict, or missing. */
  kind: string
  /** hash(path, verifier, prompt). */
  verdictId: string
  /** The path. */
  pathId: string
  /** Its sampler. */
  samplerId: string
  /** The question. */
  question: Question
  /** null when missing. */
  path: Path | null
  /** null unless missing. */
  missing: Missing | null
  /** Correct or Error: the final word; empty when missing. */
  judgement: string
  /** code or judge: who had the final word; empty when missing. */
  decidedBy: string
  /** One or two sentences. */
  reason: string
  /** The final answer as read by code; null when it could not be. */
  extracted: readonly string[] | null
  /** match, mismatch, unreadable, too-short or truncated. */
  codeCheck: string
  /** Correct or Error as the judge said; null when it was not asked. */
  judgeVerdict: string | null
  /** The judge's reason. */
  judgeReason: string | null
  /** The judge's model string. */
  verifier: string
  /** name@version. */
  promptVersion: string
  /** The judge's call; null when it was not asked. */
  requestHash: string | null
}

/** A path judged Error: what a later step needs of it. */
export interface WrongPath {
  /** The path. */
  pathId: string
  /** Its sampler. */
  samplerId: string
  /** Its model. */
  model: string
  /** Why it was judged Error. */
  reason: string
  /** The verdict that says so. */
  verdictId: string
  /** The labels it answered; null when none could be read. */
  extracted: readonly string[] | null
}
