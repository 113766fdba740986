/** An endpoint that takes fewer calls at once than the configuration allows, and refuses some at random, too. */
import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import { resetStats, statsOf } from '../support/endpoint-stats.ts'
import { recordedPipeline } from '../support/recorded-pipeline.ts'
import { describeWithData, RECORDED_MODELS, readRecorded, testEndpoint } from '../support/test-data.ts'
import { Workspace } from '../support/workspace.ts'

const MINUTES = 60_000
const QUESTIONS = 20
/** What a worker sends before it knows better. */
const FIRST_CALLS = 16

describeWithData('a crowded endpoint', ['TEST_DATA', 'TEST_ENDPOINT_CROWDED'], () => {
  let workspace: Workspace
  let endpoint: string

  beforeEach(async () => {
    endpoint = testEndpoint('TEST_ENDPOINT_CROWDED')
    await resetStats(endpoint)
    workspace = new Workspace(
      recordedPipeline({ pipeline: 'crowded', endpoint, maxConcurrency: 64, stack: inject('stack') }),
    )
  })

  afterEach(() => workspace[Symbol.dispose]())

  it(
    'is given what it takes by both workers of a machine: nothing is lost, paid twice, or left waiting',
    async () => {
      const questions = readRecorded('medbullets').slice(0, QUESTIONS)
      await workspace.succeed('load', '--source', 'some', workspace.writeLines('some.jsonl', questions))
      const runs = [workspace.start('run', '--until-drained'), workspace.start('run', '--until-drained')]
      for (const run of runs) expect(await run.ended).toMatchObject({ code: 0 })

      expect(await workspace.all('verdicts')).toHaveLength(QUESTIONS * RECORDED_MODELS.length)
      expect(await workspace.all('dead-letters')).toEqual([])
      const completions = await workspace.all('completions')
      const { calls, faults, answeredRepeated } = await statsOf(endpoint)
      expect(answeredRepeated).toBe(0)
      expect(completions).toHaveLength(calls - faults)
      expect(faults).toBeGreaterThan(0)
      expect(faults).toBeLessThan(2 * FIRST_CALLS + calls / 10)
    },
    8 * MINUTES,
  )
})
