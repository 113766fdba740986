import { expect, it } from 'vitest'
import { CommitTokens } from '../../../streams/commit-token.ts'

it('tells a transaction that has committed from one that has not', () => {
  const tokens = new CommitTokens('p.main.journal.m-0')
  tokens.continueFrom('17 before')
  const first = tokens.next()
  expect(first).toMatch(/^18 /)
  expect(tokens.hasCommitted(first, '17 before')).toBe(false)
  expect(tokens.hasCommitted(first, first)).toBe(true)
  tokens.committed(first)
  expect(tokens.hasCommitted(tokens.next(), first)).toBe(false)
})

it('goes on where nothing was committed yet, where Kafka has forgotten it, and from plain numbers', () => {
  const tokens = new CommitTokens('g')
  tokens.continueFrom('')
  expect(tokens.hasCommitted(tokens.next(), '')).toBe(false)
  tokens.continueFrom('41')
  expect(tokens.next()).toMatch(/^42 /)
})

it('notices a second worker in the same place, though it counts the same numbers', () => {
  const [ours, theirs] = [new CommitTokens('p.main.journal.m-0'), new CommitTokens('p.main.journal.m-0')]
  for (const tokens of [ours, theirs]) tokens.continueFrom('5 before')
  const [own, other] = [ours.next(), theirs.next()]
  expect(own.split(' ')[0]).toBe(other.split(' ')[0])
  expect(() => ours.hasCommitted(own, other)).toThrow(
    expect.objectContaining({
      code: 'NF_SLOT_TAKEN',
      message: expect.stringContaining('p.main.journal.m-0'),
    }),
  )
})
