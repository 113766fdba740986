/** The end of committing, whether or not there is a cluster to commit to. */
import { messageOf } from '../errors.ts'
import type { Committer } from './committer.ts'
import type { Log } from './log.ts'
import type { BrokerWatch } from './transport/broker-watch.ts'

/** How long a last commit that fails is tried again, ms; one that goes well may take longer. */
const LIMIT_MS = 60_000

/**
 * Commits what is finished and ends the committer. While the cluster is away nothing can be committed: it is found in
 * the journal at the next start, and not paid again.
 */
export async function commitLast(
  committer: Pick<Committer, 'stop' | 'giveUp'>,
  watch: Pick<BrokerWatch, 'away' | 'listen'>,
  log: Log,
): Promise<void> {
  const giveUp = () => committer.giveUp()
  if (watch.away !== null) giveUp()
  const unlisten = watch.listen({ went: giveUp, returned() {} })
  const limit = setTimeout(giveUp, LIMIT_MS)
  await committer.stop().catch((error) => log.error({ error: messageOf(error) }, 'the last commit failed'))
  clearTimeout(limit)
  unlisten()
}
