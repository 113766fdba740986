import type { Fault } from '../fault.ts'
import { brokerKilled, brokerKilledInTransaction } from './broker.ts'
import { clickhouseAway, clickhouseAwayAtStart, clickhouseKilledInInsert } from './clickhouse.ts'
import { clockJumps } from './clock-jumps.ts'
import { fullDisk } from './disk-full.ts'
import { goneEndpoints } from './endpoint-gone.ts'
import { illEndpoints } from './endpoint-ill.ts'
import { poisons } from './poison.ts'
import { registryAway, registryAwayAtStart } from './registry.ts'
import { joined, left, terminated } from './worker-changes.ts'
import { workerKills } from './worker-killed.ts'
import { wrongKey } from './wrong-key.ts'
import { zombie } from './zombie.ts'

/** What happens to workers without warning; a schedule has many of these. */
export { workerKills }

/** All other faults, those that are much alike together: a schedule has one of each line. */
export const otherFaults: readonly (readonly Fault[])[] = [
  [zombie],
  [terminated],
  [joined],
  [left],
  [brokerKilled],
  [brokerKilledInTransaction],
  [registryAway],
  [registryAwayAtStart],
  [clickhouseAway],
  [clickhouseAwayAtStart],
  [clickhouseKilledInInsert],
  illEndpoints,
  goneEndpoints,
  [wrongKey],
  [fullDisk],
  clockJumps,
  poisons,
]
