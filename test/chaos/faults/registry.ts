/** The registry dies, and is started again on its database. */
import { downAtStart, killedWhileWorkersRun, type Part, startedAgain } from './part-away.ts'

const REGISTRY: Part = { area: 'registry', called: 'registry', startAgain: startedAgain }

/** While workers run, that know the schemas by then. */
export const registryAway = killedWhileWorkersRun(REGISTRY)

/** While a worker starts, that must know them first. */
export const registryAwayAtStart = downAtStart(REGISTRY)
