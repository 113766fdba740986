import { describe, expect, it, test } from 'vitest'
import { editionOfTopic, groupName, topicNames } from '../../../schemas/topic-names.ts'

test('a topic is named after prefix, pipeline, edition and itself', () => {
  const name = topicNames({ topicPrefix: 'team.', pipeline: 'reasonmed', edition: 'main' })
  expect(name('raw-paths')).toBe('team.reasonmed.main.raw-paths')
})

test('a group is named after prefix, pipeline, edition and step', () => {
  const parts = { kafka: { topicPrefix: 'team.' }, pipeline: 'reasonmed', edition: 'v2' }
  expect(groupName(parts, 'generate.abc123')).toBe('team.reasonmed.v2.generate.abc123')
})

describe('editionOfTopic', () => {
  const parts = { topicPrefix: 'team.', pipeline: 'reasonmed' }

  it('takes a full name apart again', () => {
    const name = topicNames({ ...parts, edition: 'strict-2' })('completions')
    expect(editionOfTopic(parts, 'completions', name)).toBe('strict-2')
  })

  it.each([
    'team.reasonmed.main.records',
    'team.reasonmed2.main.completions',
    'reasonmed.main.completions',
    'team.reasonmed.completions',
    'team.reasonmed.a.b.completions',
  ])('takes %s for no completions of this pipeline', (name) => {
    expect(editionOfTopic(parts, 'completions', name)).toBeNull()
  })
})
