import { beforeAll, describe, expect, it } from 'vitest'
import { readQuestion } from '../../../explain/question-records.ts'
import { type Story, storyOf } from '../../../explain/story.ts'
import { storyScreen } from '../../../explain/story-screen.ts'
import { pathIdOf } from '../../../processors/generate.ts'
import { partitionOf } from '../../../streams/partition.ts'
import { dismissal } from '../../../streams/redrive-orders.ts'
import { PLAIN } from '../../../terminal/style.ts'
import type { TopicLog } from '../../support/topic-log.ts'
import { CONFIG, consistentLog } from '../audit/audited-log.ts'
import { logSource } from './log-source.ts'

let log: TopicLog

beforeAll(async () => {
  log = await consistentLog()
})

async function storyNamed(id: string, from: TopicLog = log, revision?: number): Promise<Story> {
  const records = await readQuestion(logSource(from, CONFIG), `set:${id}`, revision)
  return storyOf(records!, CONFIG)
}

const screen = (story: Story, full = false) => storyScreen(story, { width: 100, full, style: PLAIN })
const outcomes = ({ paths }: Story) => paths.map(({ outcome }) => outcome)

describe('the story of a question', () => {
  it('is read from one partition of each topic', async () => {
    const read: [string, number | undefined][] = []
    await readQuestion(
      logSource(log, CONFIG, (...where) => read.push(where)),
      'set:nearly',
    )
    expect(new Set(read.map(([, partition]) => partition))).toEqual(new Set([partitionOf('set:nearly', 8)]))
  })

  it('of an easy one: nine paths, why it is easy, who was chosen and why the others were not', async () => {
    const story = await storyNamed('nearly')
    expect(outcomes(story)).toEqual([...Array(3).fill('Error'), ...Array(6).fill('Correct')])
    expect(story.triage).toMatchObject({ tier: 'easy', errors: 3, why: '3 of 9 are wrong; 0-4 are easy' })
    expect(story.paths.map(({ chosen }) => chosen).filter((place) => place !== null)).toEqual([2, 1])
    expect(story.ranking).toMatchObject({ candidates: 6, chosen: expect.any(Array) })
    const notChosen = story.paths.filter(({ outcome, chosen }) => outcome === 'Correct' && chosen === null)
    expect(notChosen.map(({ notChosen: reason }) => reason)).toEqual(
      expect.arrayContaining(['Not P3.', 'Not P4.']),
    )
    expect([story.outlook.state, story.records.map(({ rank }) => rank)]).toEqual(['done', [1, 2]])
    expect(story.edits).toEqual([])
  })

  it('of a medium one: what each edit has changed', async () => {
    const { edits, triage } = await storyNamed('medium')
    expect(triage?.tier).toBe('medium')
    expect(edits.map(({ passed, before }) => [passed, before.startsWith('Path ')])).toEqual([
      [true, true],
      [true, true],
    ])
    for (const { changes, before, after } of edits) {
      const text = (kind: string) =>
        changes
          .filter((one) => one.kind !== kind)
          .map(({ text: said }) => said)
          .join('')
      expect([text('added'), text('removed')]).toEqual([before, after])
    }
  })

  it('of one written anew: the try that did not pass, as its call tells it, and the one that did', async () => {
    const { tries, outlook, records } = await storyNamed('difficult')
    expect(tries.map(({ try: number, passed, attemptId }) => [number, passed, attemptId === null])).toEqual([
      [1, false, true],
      [2, true, false],
    ])
    expect([outlook.state, records.map(({ route }) => route)]).toEqual(['done', ['regenerated']])
  })

  it('of an unsolved one: edits and tries with what was wrong with each', async () => {
    const story = await storyNamed('hopeless')
    expect(story.outlook).toEqual({ state: 'unsolved', waitsFor: [], blockedBy: [] })
    expect(story.edits.every(({ passed, reason }) => !passed && reason !== '')).toBe(true)
    expect(story.tries.map(({ keyShown }) => keyShown)).toEqual([false, false, true])
  })

  it('of one that waits: for what, and which dead letter is in the way', async () => {
    const [letter] = log.decoded('dead-letters').filter(({ questionId }) => questionId === 'set:missing')
    const { outlook, paths } = await storyNamed('missing')
    expect(outlook).toEqual({
      state: 'failed',
      waitsFor: ['the path by s4 (failed)'],
      blockedBy: [letter?.deadLetterId],
    })
    expect(paths[3]).toMatchObject({ outcome: 'missing', missing: { reason: 'The endpoint refuses it.' } })
    expect((await storyNamed('silent')).outlook).toMatchObject({
      state: 'failed',
      waitsFor: ['the summary of chain of thought 1 (failed)', 'the summary of chain of thought 2 (failed)'],
    })
  })

  it('of one that failed and was redriven: nothing is in its way', async () => {
    const { outlook, deadLetters, paths } = await storyNamed('redriven')
    expect([outlook.state, deadLetters.length]).toEqual(['done', 1])
    expect(paths.every(({ path }) => path !== null)).toBe(true)
  })

  it('stops where the log does', async () => {
    const upTo = async (...topics: Parameters<TopicLog['records']>[0][]) => {
      let cut = log
      for (const topic of topics) {
        for (const record of log.records(topic)) {
          const { question } = log.codec.decode(topic, record.value) as { question?: { questionId: string } }
          if (question?.questionId === 'set:medium') cut = cut.without(topic, record)
        }
      }
      return (await storyNamed('medium', cut)).outlook
    }
    expect(await upTo('records')).toMatchObject({
      state: 'waiting',
      waitsFor: ['the summary of chain of thought 1', 'the summary of chain of thought 2'],
    })
    expect((await upTo('records', 'kept')).waitsFor).toEqual(['step refine'])
    expect((await upTo('records', 'kept', 'ranked')).waitsFor).toEqual(['step rank'])
    const early = ['records', 'kept', 'ranked', 'triaged-medium'] as const
    expect((await upTo(...early)).waitsFor).toEqual(['step triage'])
    const unjudged = (await upTo(...early, 'verdicts')).waitsFor
    expect([unjudged.length, unjudged[0]]).toEqual([9, 'the verdict on the path by s1'])
    expect((await upTo(...early, 'verdicts', 'raw-paths')).waitsFor[0]).toBe('the path by s1')
  })

  it('is that of the last revision, unless another one is asked for', async () => {
    const [last, first] = [await storyNamed('revised'), await storyNamed('revised', log, 1)]
    expect([last.revision, last.revisions, last.question.stem]).toEqual([2, 2, 'What else?'])
    expect([first.revision, first.question.stem]).toEqual([1, 'What of revised?'])
    expect(first.paths[0]?.pathId).toBe(pathIdOf({ questionId: 'set:revised', revision: 1 }, 'sampler-01'))
    expect(await readQuestion(logSource(log, CONFIG), 'set:revised', 3)).toBeNull()
    expect((await storyNamed('withdrawn')).outlook.state).toBe('withdrawn')
  })

  it('counts every call once, with what is remarkable about it', async () => {
    const [call] = log.decoded('completions').filter(({ questionId }) => questionId === 'set:nearly')
    log = await consistentLog()
    const paid = { ...call!, costNanoUsd: 2_000_000, promptTokens: 10, completionTokens: 5 }
    for (const record of log.records('completions')) {
      const { requestHash } = log.codec.decode('completions', record.value)
      if (requestHash === paid.requestHash)
        log = log.changed('completions', (one) => (one.requestHash === requestHash ? paid : null))
    }
    log.append('completions', 'set:nearly', { ...paid, paymentId: 'again', sequence: 900 })
    log.append('completions', 'set:nearly', {
      ...paid,
      paymentId: 'failed',
      sequence: 901,
      status: 'failed',
      error: 'gone',
    })
    const odd = {
      ...paid,
      step: 'verify',
      text: 'no verdict',
      requestHash: 'odd',
      paymentId: 'odd',
      sequence: 902,
    }
    log.append('completions', 'set:nearly', odd)
    const { calls, sum, paths } = await storyNamed('nearly')
    expect(calls.filter(({ notes }) => notes.length > 0).map(({ notes }) => notes)).toEqual([
      ['repeated'],
      ['failed'],
      ['malformed'],
    ])
    expect(sum).toEqual({
      calls: 26,
      promptTokens: 62,
      completionTokens: 42,
      usd: 0.008,
      callsOfUnknownCost: 22,
    })
    expect(paths[0]).toMatchObject({ usd: null })
    log = await consistentLog()
  })
})

describe('the screen of a question', () => {
  it('says of a failure that was dismissed who did it, and why', async () => {
    const letter = log.decoded('dead-letters').find(({ questionId }) => questionId === 'set:unjudged')!
    const { key, partition, value } = dismissal(letter, { by: 'ada', why: 'it is no question' })
    log.append('redrive', key, value, partition)
    const text = screen(await storyNamed('unjudged'))
    expect(text).toMatch(/waits for the path by s7 \(failed, dismissed\)/)
    expect(text).toContain('dismissed by ada: it is no question')
    log = await consistentLog()
  })

  it('keeps to its width, and shows a path, the key and the ids to go on with', async () => {
    for (const id of ['nearly', 'medium', 'hopeless', 'difficult', 'missing', 'silent']) {
      const story = await storyNamed(id)
      const lines = screen(story).split('\n')
      expect(Math.max(...lines.map((line) => line.length)), id).toBeLessThanOrEqual(100)
      expect(lines.length, id).toBeLessThan(80)
      for (const { recordId } of story.records) expect(screen(story)).toContain(recordId)
      for (const blocked of story.outlook.blockedBy)
        expect(screen(story)).toContain(`redrive --id ${blocked}`)
    }
  })

  it('matches what is expected of it', async () => {
    expect(screen(await storyNamed('escalated'))).toMatchSnapshot()
  })

  it('prints texts in full where that is asked for', async () => {
    const story = await storyNamed('medium')
    const plain = (text: string) => text.replaceAll(/\s+/g, ' ').trim()
    const text = plain(story.paths[0]!.path!.answerText)
    expect(plain(screen(story))).not.toContain(text)
    expect(plain(screen(story, true))).toContain(text)
    expect(screen(story, true)).toContain(story.paths[0]!.pathId)
  })

  it('obeys nothing that a text says to the terminal', async () => {
    const story = await storyNamed('nearly')
    const evil = { ...story, question: { ...story.question, stem: 'Look\u001b[2J \u0007here\u009b31m' } }
    const shown = screen(evil)
    expect(shown).toContain('Look[2J here31m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is what this is about
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })
})
