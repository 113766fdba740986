import type { Fault } from '../fault.ts'
import { brokerKilled, brokerKilledInTransaction } from './broker.ts'
import { clickhouseAway, clickhouseAwayAtStart, clickhouseKilledInInsert } from './clickhouse.ts'
import { registryAway, registryAwayAtStart } from './registry.ts'
import { joined, left, terminated } from './worker-changes.ts'
import { workerKills } from './worker-killed.ts'
import { zombie } from './zombie.ts'

/** All faults there are. */
export const faults: readonly Fault[] = [
  ...workerKills,
  zombie,
  terminated,
  joined,
  left,
  brokerKilled,
  brokerKilledInTransaction,
  registryAway,
  registryAwayAtStart,
  clickhouseAway,
  clickhouseAwayAtStart,
  clickhouseKilledInInsert,
]
