/** What an undisturbed run holds: what every run with faults is compared with. */
import { ChaosRun, type ChaosRunSettings } from './chaos-run.ts'

/** An undisturbed run, written down. */
export interface Reference {
  /** Where the judge wrote down what it holds. */
  readonly path: string
  /** Calls to models it took. */
  readonly calls: number
}

/** Runs the questions through one worker that nothing happens to. @throws when it is not as it should be by itself. */
export async function makeReference(settings: ChaosRunSettings, path: string): Promise<Reference> {
  await using run = await ChaosRun.open({ ...settings, workers: 0 })
  await run.load()
  const { code } = await run.drain()
  if (code !== 0) throw new Error(`the undisturbed run ended with ${code}:\n${run.said}`)
  const verdict = await run.judged({ save: path })
  if (verdict.findings.length > 0) throw new Error(`the undisturbed run: ${verdict.findings.join('\n')}`)
  return { path, calls: run.calls }
}
