import { editionOf } from '../config/edition.ts'
import { NinefoldError } from '../errors.ts'
import { findEdition } from '../pipeline/editions.ts'
import type { Session } from '../pipeline/session.ts'

/**
 * An audit computes ids and tiers from the configuration: with another one than the edition was made with everything
 * would look wrong.
 * @throws {NinefoldError} NF_EDITION_CHANGED
 */
export async function refuseChangedEdition(session: Session): Promise<void> {
  const { config, fullName } = session
  const recorded = await findEdition(session, fullName('editions'))
  if (recorded === null || recorded.hash === editionOf(config).hash) return
  throw new NinefoldError(
    'NF_EDITION_CHANGED',
    `edition ${config.edition} was made with another configuration, or with other prompts, than there are now`,
    `Audit it with its own configuration and version ${recorded.codeVersion}; \`ninefold run\` shows the difference.`,
  )
}
