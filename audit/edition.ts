import { editionOf } from '../config/edition.ts'
import { isSettled } from '../pipeline/editions.ts'
import type { Session } from '../pipeline/session.ts'

/**
 * An audit computes ids and tiers from the configuration: with another one than the edition was made with everything
 * would look wrong.
 * @throws {NinefoldError} NF_EDITION_CHANGED
 */
export async function refuseChangedEdition(session: Session): Promise<void> {
  await isSettled(session, editionOf(session.config))
}
