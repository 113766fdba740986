/**
 * The recorded answers the end-to-end tests are measured by: real questions, and what nine real models answered. They are
 * no part of the project; environment variables say where they are.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, it } from 'vitest'

/**
 * Where the recorded data lies, and endpoints that play it: as recorded, with judges that err, slowly, and with room for
 * few calls at once. Of each kind of endpoint there may be several (see testEndpoint).
 */
export type TestVariable =
  | 'TEST_DATA'
  | 'TEST_ENDPOINT'
  | 'TEST_ENDPOINT_FLIP'
  | 'TEST_ENDPOINT_SLOW'
  | 'TEST_ENDPOINT_CROWDED'

/**
 * A `describe` that needs test data. Without it the tests are skipped and say so; with
 * NINEFOLD_REQUIRE_TEST_DATA=1 they fail.
 */
export function describeWithData(name: string, variables: readonly TestVariable[], body: () => void): void {
  const missing = variables.filter((variable) => !process.env[variable])
  if (missing.length === 0) {
    describe(name, body)
    return
  }
  const what = `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`
  if (process.env.NINEFOLD_REQUIRE_TEST_DATA === '1') {
    describe(name, () => {
      it('has its test data', () => {
        throw new Error(what)
      })
    })
    return
  }
  console.warn(`SKIPPED: ${name}: ${what}`)
  describe.skip(name, body)
}

/** A variable that must be set by now. */
export function testVariable(name: TestVariable): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}

/**
 * The endpoint whose counters are this test file's alone: where test files run side by side, the variable names one for
 * each of those at once, with commas between.
 */
export function testEndpoint(name: Exclude<TestVariable, 'TEST_DATA'>): string {
  const endpoints = testVariable(name).split(',')
  // Vitest numbers those that run at once from 1.
  const lane = Number(process.env.VITEST_POOL_ID ?? 1) - 1
  return endpoints[lane % endpoints.length]!
}

/** A set of recorded questions. */
export type RecordedSet = 'medqa' | 'pubmedqa' | 'medbullets'

/** All sets. */
export const RECORDED_SETS: readonly RecordedSet[] = ['medqa', 'pubmedqa', 'medbullets']

/** The nine models whose answers were recorded. */
export const RECORDED_MODELS = [
  'DeepSeek-R1',
  'DeepSeek-V3',
  'Llama-3.3-70B-Instruct-Turbo',
  'QwQ-32B-Preview',
  'claude-3-5-haiku',
  'claude-3-5-sonnet',
  'gpt-4o',
  'gpt-4o-mini',
  'o3-mini',
] as const

/** A line of a recorded set. */
export interface RecordedQuestion {
  readonly id: string
  readonly question: string
  readonly options: Readonly<Record<string, string>>
  readonly answer: string
  readonly recorded: Readonly<
    Record<
      string,
      { readonly answer: string; readonly promptTokens: number; readonly completionTokens: number }
    >
  >
}

/** What follows from a recorded set, worked out when it was recorded. */
export interface Expected {
  readonly questions: number
  readonly tiers: Readonly<Record<string, number>>
  /** Correct answers by model. */
  readonly correct: Readonly<Record<string, number>>
}

/** The file of a set. */
export function recordedFile(set: RecordedSet): string {
  return join(testVariable('TEST_DATA'), 'recorded', `${set}.jsonl.gz`)
}

/** The questions of a set. */
export function readRecorded(set: RecordedSet): RecordedQuestion[] {
  const lines = gunzipSync(readFileSync(recordedFile(set)))
    .toString('utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => JSON.parse(line) as RecordedQuestion)
}

/** What follows from every set. */
export function readExpected(): Readonly<Record<RecordedSet, Expected>> {
  const text = readFileSync(join(testVariable('TEST_DATA'), 'recorded', 'expected.json'), 'utf8')
  return JSON.parse(text) as Record<RecordedSet, Expected>
}
