import { describe, expect, it } from 'vitest'
import { describeTopology } from '../../../explain/topology-description.ts'
import { topologyMermaid } from '../../../explain/topology-mermaid.ts'
import { topologyPicture } from '../../../explain/topology-picture.ts'
import { topologyText } from '../../../explain/topology-text.ts'
import { defineProcessor, defineTopic } from '../../../plugins/define.ts'
import { topology } from '../../../processors/topology.ts'
import { config } from '../../support/records.ts'

const CONFIG = config()

const levels = defineTopic('levels', {
  type: 'record',
  name: 'Level',
  fields: [{ name: 'level', type: 'string' }],
})
const plugin = defineProcessor({
  step: 'level',
  inputs: ['records', 'kept'],
  outputs: [levels],
  process: () => [],
})

describe('the dataflow drawn', () => {
  it('has every processor, with what it reads, writes, remembers and asks', () => {
    const { steps, topics } = describeTopology(CONFIG)
    expect(steps.map(({ step }) => step)).toEqual(topology(CONFIG).map(({ step }) => step))
    expect(steps.find(({ step }) => step === 'triage')).toEqual({
      step: 'triage',
      title: 'triage',
      group: 'test.main.triage',
      kind: 'stateful',
      inputs: ['verdicts'],
      outputs: ['triaged-easy', 'triaged-medium', 'triaged-difficult'],
      store: { changelog: 'triage-state', logged: true },
      standIn: false,
      models: [],
      plugged: false,
    })
    expect(steps[1]).toMatchObject({
      title: 'generate.s1',
      standIn: true,
      models: [{ role: 'generate', name: 'm1', model: 'm1-model' }],
    })
    const kept = topics.find(({ topic }) => topic === 'kept')
    expect(kept).toEqual({ topic: 'kept', writers: ['rank', 'refine', 'regenerate'], readers: ['summarize'] })
    expect(topics.find(({ topic }) => topic === 'triage-state')?.writers).toEqual(['triage'])
  })

  it('is a picture with a line a way', () => {
    expect(topologyPicture(describeTopology(CONFIG))).toEqual([
      'intake ─► admit ─► questions',
      'questions ─► generate ×9 ─► raw-paths ─► verify ─► verdicts ─► triage',
      '          ─► withdraw',
      'triage ─► triaged-easy ─► rank',
      '       ─► triaged-medium ─► rank',
      '       ─► triaged-difficult ─► regenerate',
      'rank ─► kept ─► summarize ─► records ─► withdraw',
      '     ─► ranked ─► refine',
      'refine ─► kept ─► summarize',
      '       ─► escalated ─► regenerate',
      'regenerate ─► kept ─► summarize',
      '           ─► unsolved',
    ])
  })

  it('holds every way there is, processors of one’s own among them', () => {
    const settings = config({ plugins: [plugin] })
    const description = describeTopology(settings)
    const picture = topologyPicture(description).join('\n')
    const text = topologyText(description)
    const mermaid = topologyMermaid(description)
    for (const { step, inputs, outputs } of topology(settings)) {
      const name = step.startsWith('generate.') ? 'generate' : step
      for (const topic of inputs) {
        const id = topic.replaceAll('-', '_')
        expect(mermaid).toContain(`t_${id} --> p_${name}`)
        // A topic leads to a step on its own line, or on one of those below the topic's.
        expect(picture).toMatch(new RegExp(`${topic}(?: ─► (?!${name}).*\\n +)* ─► ${name}`))
      }
      for (const topic of outputs.filter((output) => !inputs.includes(output as never))) {
        expect(mermaid).toContain(`p_${name} --> t_${topic.replaceAll('-', '_')}`)
        expect(picture).toContain(`─► ${topic}`)
      }
    }
    expect(picture.match(/^kept/gm)).toHaveLength(1)
    expect(text).toContain('level (stateless, plugged in)')
    expect(mermaid).toContain('p_triage <-.-> t_triage_state')
  })
})
