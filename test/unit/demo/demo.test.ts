import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../config/config.ts'
import type { Intake } from '../../../schemas/types.ts'
import { MODELS } from '../../../simulate/simulator.ts'
import { readQuestions } from '../../../sources/read-questions.ts'

const DEMO = new URL('../../../demo/', import.meta.url)

describe('the demo’s questions', async () => {
  const questions: Intake[] = []
  for await (const item of readQuestions(new URL('questions.jsonl', DEMO).pathname)) {
    if (item.kind === 'problem') throw new Error(item.problem.what)
    questions.push(item.intake)
  }
  const count = (wanted: (question: Intake) => boolean): number => questions.filter(wanted).length

  it('are of every kind, each with its own id and topics', () => {
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length)
    expect(questions.length).toBeGreaterThanOrEqual(64)
    expect(count(({ labels }) => labels.length === 0)).toBe(0)
    expect(count(({ options }) => options.length === 4)).toBeGreaterThanOrEqual(36)
    expect(count(({ options }) => options.length === 10)).toBeGreaterThanOrEqual(8)
    expect(
      count(({ form, context }) => form === 'yes-no-maybe' && context.length > 0),
    ).toBeGreaterThanOrEqual(10)
    expect(count(({ answer }) => answer.labels.length > 1)).toBeGreaterThanOrEqual(6)
    expect(new Set(questions.map(({ language }) => language)).size).toBeGreaterThan(1)
  })

  it('do not favour a label', () => {
    for (const label of ['A', 'B', 'C', 'D']) {
      const share = count(({ options, answer }) => options.length === 4 && answer.labels[0] === label)
      expect(share).toBeGreaterThanOrEqual(5)
      expect(share).toBeLessThanOrEqual(15)
    }
  })
})

describe('the demo’s configuration', () => {
  it('holds nine samplers, and only models that are simulated, with a price each', async () => {
    const text = await readFile(new URL('ninefold.yaml', DEMO), 'utf8')
    const config = parseConfig(text, 'ninefold.yaml')
    expect(config.samplers).toHaveLength(9)
    expect(Object.values(config.endpoints).map(({ simulated }) => simulated)).toEqual([{ latencyMs: 250 }])
    const models = [
      ...config.samplers.map(({ model }) => model),
      ...Object.values(config.roles).flatMap((role) => role?.model ?? []),
    ]
    for (const model of models) {
      expect(MODELS).toContain(model.model)
      expect(model.price).not.toBeNull()
    }
  })
})
