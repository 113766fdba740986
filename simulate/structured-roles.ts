/** What the played models say where a shape is asked for: judge, ranker, proofreader, scorer, or whoever else. */
import { type Argument, filled } from './argument.ts'
import type { Dice } from './dice.ts'
import { type Filling, instanceOf } from './instance.ts'
import { isSchema, type JsonSchema, schemasOf } from './json-schema.ts'
import type { KnownQuestion } from './known-question.ts'
import * as phrases from './phrases.ts'

/** A structured answer and the part that was played. */
export interface StructuredPlay {
  readonly role: 'judge' | 'rank' | 'consistency' | 'score' | 'structured'
  readonly value: unknown
}

/** What a structured request is answered from. */
export interface StructuredScene {
  readonly schema: JsonSchema
  readonly prompt: string
  /** null when no question was found. */
  readonly question: KnownQuestion | null
  /** Probability that the judge finds a flaw in a path that arrives at the key. */
  readonly flaw: number
  readonly dice: Dice
}

/** A criterion that only a scorer is asked about. */
const SCORED = 'clinicalAccuracy'

/** Plays the part that the shape's properties call for. @throws {UnplayableSchema} when no instance can be made. */
export function playStructured(scene: StructuredScene): StructuredPlay {
  const properties = isSchema(scene.schema.properties) ? scene.schema.properties : {}
  if ('verdict' in properties) return { role: 'judge', value: filledWith(scene, judged(scene)) }
  if (isSchema(properties.best))
    return { role: 'rank', value: filledWith(scene, ranked(scene, properties.best)) }
  if ('consistent' in properties) return { role: 'consistency', value: filledWith(scene, proofread(scene)) }
  if (SCORED in properties)
    return { role: 'score', value: filledWith(scene, scored(scene, Object.keys(properties))) }
  return { role: 'structured', value: filledWith(scene, {}) }
}

/** The labels of every declared final answer in a text, in order of appearance. */
export function declaredAnswers(text: string): string[] {
  const declared = text.matchAll(/final answer:[*\s]*([A-Z](?:\s*,\s*[A-Z])*)(?![A-Za-z])/gi)
  return [...declared].map((found) =>
    (found[1] ?? '')
      .toUpperCase()
      .split(/\s*,\s*/)
      .sort()
      .join(', '),
  )
}

/** The path judged is the last thing in the prompt that declares an answer. */
function judged({ prompt, question, flaw, dice }: StructuredScene): Record<string, unknown> {
  const declared = declaredAnswers(prompt).at(-1) ?? ''
  const right = question === null || declared === question.key.join(', ')
  const sound = right && !dice.chance(flaw)
  const remarks = sound ? phrases.JUDGED_SOUND : right ? phrases.JUDGED_FLAWED : phrases.JUDGED_WRONG
  const labels = declared === '' ? [] : declared.split(', ')
  return { verdict: sound ? 'Correct' : 'Error', reason: remark(dice.pick(remarks), question, labels, dice) }
}

function remark(
  phrase: string,
  question: KnownQuestion | null,
  labels: readonly string[],
  dice: Dice,
): string {
  if (labels.length === 0) return 'The path declares no final answer.'
  if (question === null) return phrase.replaceAll(/\{\w+\}/g, 'one of the options')
  const argument: Argument = { question, labels, dice }
  return filled(phrase, argument)
}

/** The first of the paths in an order of chance, and a sentence on each of the others. */
function ranked({ dice }: StructuredScene, best: JsonSchema): Record<string, unknown> {
  const items = isSchema(best.items) ? best.items : schemasOf(best.prefixItems)[0]
  const labels = dice.shuffle(Array.isArray(items?.enum) ? items.enum.map(String) : [])
  const chosen = labels.slice(0, 2)
  const note = (label: string): string => (chosen.includes(label) ? '' : dice.pick(phrases.NOT_CHOSEN))
  return { best: chosen, notes: Object.fromEntries(labels.map((label) => [label, note(label)])) }
}

/** Text and conclusion agree when no two declared answers differ. */
function proofread({ prompt, dice }: StructuredScene): Record<string, unknown> {
  const consistent = new Set(declaredAnswers(prompt)).size <= 1
  return { consistent, reason: dice.pick(consistent ? phrases.CONSISTENT : phrases.INCONSISTENT) }
}

/** High where the reasoning arrives at the key, low where not; the criteria lie about one level, a point up or down. */
function scored(
  { prompt, question, dice }: StructuredScene,
  criteria: readonly string[],
): Record<string, unknown> {
  const declared = declaredAnswers(prompt).at(-1) ?? ''
  const isRight = question === null || declared === question.key.join(', ')
  const level = (isRight ? 7 : 3) + (dice.chance(0.5) ? 1 : 0)
  const remarks = isRight ? phrases.SCORED_SOUND : phrases.SCORED_WRONG
  const grade = () => ({ score: level + dice.pick([-1, 0, 1]), justification: dice.pick(remarks) })
  return Object.fromEntries(criteria.map((criterion) => [criterion, grade()]))
}

function filledWith({ schema, dice }: StructuredScene, sayings: Record<string, unknown>): unknown {
  const filling: Filling = {
    dice,
    say: (property) => (Object.hasOwn(sayings, property) ? sayings[property] : undefined),
    sentence: () => dice.pick(phrases.REMARKS),
  }
  return instanceOf(schema, filling)
}
