import type { Fault } from '../fault.ts'

/** The model that verifies, ranks and summarizes in the recorded pipeline: it is asked at any time. */
const MODEL = 'judge'
const SAID = 'does not let us in (HTTP 401)'
const SAY_LIMIT_MS = 90_000

/** The endpoint refuses the key for one model: its steps stop and say so, all others go on; workers started anew do it. */
export const wrongKey: Fault = {
  name: 'the models: a wrong key (401) for one model',
  area: 'models',
  async inject(run) {
    const { endpoint, crew } = run
    const [before, saidBefore] = [endpoint.spoiled, run.said.length]
    endpoint.wrongKey(MODEL)
    await run.until(
      () => run.said.slice(saidBefore).includes(SAID),
      'nobody said that the key is wrong',
      SAY_LIMIT_MS,
    )
    // The other steps go on.
    await run.recovered()
    await endpoint.heal()
    const healed = performance.now()
    for (const worker of [...crew.kept]) await crew.replace(worker, {})
    const recoverySeconds = await run.recovered(healed)
    return { what: `${endpoint.spoiled - before} requests refused, workers started anew`, recoverySeconds }
  },
}
