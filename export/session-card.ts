/** What the card of an open session's edition tells. */
import { readEdition } from '../config/edition.ts'
import { findEdition } from '../pipeline/editions.ts'
import type { Session } from '../pipeline/session.ts'
import { promptVersions } from '../prompts/prompts.ts'
import { readTopic } from '../sinks/session-records.ts'
import type { CardFacts } from './card/facts.ts'
import { spendingOf } from './card/spending.ts'

/** The facts that the log holds; what was exported is added by who exported it. */
export async function editionFacts(
  session: Session,
): Promise<Omit<CardFacts, 'summary' | 'tally' | 'chosenBy'>> {
  const { config, fullName } = session
  const recorded = await findEdition(session, fullName('editions'))
  return {
    pipeline: config.pipeline,
    edition: config.edition,
    recorded: recorded && {
      hash: recorded.hash,
      codeVersion: recorded.codeVersion,
      content: readEdition(recorded.config).content,
    },
    promptVersions: promptVersions(config.prompts),
    spending: await spendingOf(readTopic(session, 'completions')),
  }
}
