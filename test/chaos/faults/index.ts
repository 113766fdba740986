import type { Fault } from '../fault.ts'
import { workerKills } from './worker-killed.ts'

/** All faults there are. */
export const faults: readonly Fault[] = [...workerKills]
