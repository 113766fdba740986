import { describe, expect, it } from 'vitest'
import { topology } from '../../../processors/topology.ts'
import { TOPICS } from '../../../schemas/topics.ts'
import { config } from '../../support/records.ts'

const processors = topology(config())

describe('topology', () => {
  it('has a step once, and generate once a sampler', () => {
    const steps = processors.map(({ step }) => step)
    expect(new Set(steps).size).toBe(steps.length)
    expect(steps.filter((step) => step.startsWith('generate.'))).toHaveLength(9)
  })

  it('leads everything that is written to a reader, down to the ends of the pipeline', () => {
    const read = new Set(processors.flatMap(({ inputs }) => inputs))
    const written = new Set(processors.flatMap(({ outputs }) => outputs))
    const ends = [...written].filter((topic) => !read.has(topic)).sort()
    expect(ends).toEqual(['unsolved'])
    expect([...read].filter((topic) => !written.has(topic))).toEqual([])
    for (const topic of [...read, ...written]) expect(TOPICS).toContain(topic)
  })
})
