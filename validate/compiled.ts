/** Whether prompts render and schemas compile. */
import type { Config } from '../config/types.ts'
import { schemaText } from '../models/shape.ts'
import { ownTopics } from '../plugins/topics.ts'
import { renderedPrompts } from '../preview/rendered-prompts.ts'
import { consistencyShape } from '../prompts/consistency.ts'
import { SAMPLE_QUESTION } from '../prompts/question.ts'
import { candidateLabel, rankShape } from '../prompts/rank.ts'
import { scoreShape } from '../prompts/score.ts'
import { verifyShape } from '../prompts/verify.ts'
import { memoryCodec } from '../schemas/memory-codec.ts'
import { TOPICS } from '../schemas/topics.ts'
import { type Finding, faultsOf, fine } from './finding.ts'

/** Renders every prompt of the configuration with placeholders. */
export function promptFindings(config: Config): Finding[] {
  return tried('prompts', () => {
    const rendered = renderedPrompts(config, SAMPLE_QUESTION)
    return `${new Set(rendered.map(({ prompt }) => prompt)).size} prompts render`
  })
}

/** Compiles the schema of every topic, those of plugged-in processors among them, and the shapes answers must have. */
export function schemaFindings(config: Config): Finding[] {
  return tried('schemas', () => {
    const extra = ownTopics(config)
    memoryCodec(extra)
    const scoring = config.roles.score === null ? [] : [scoreShape]
    const shapes = [verifyShape, rankShape([0, 1].map(candidateLabel)), consistencyShape, ...scoring]
    for (const shape of shapes) schemaText(shape)
    return `${TOPICS.length + extra.length} record schemas and ${shapes.length} answer shapes compile`
  })
}

function tried(check: 'prompts' | 'schemas', action: () => string): Finding[] {
  try {
    return [fine(check, action())]
  } catch (error) {
    return faultsOf(check, error)
  }
}
