import type { Config } from '../config/config.ts'
import { systemClock } from '../models/clock.ts'
import { Handover, type HandoverOptions } from '../models/handover.ts'
import type { Log } from './log.ts'
import { arrivalsFile, otherSlots, type Slot, siblingSlots, slotPlaces } from './slot.ts'

/** How a slot's worker hands calls over to the machine's other workers, and takes theirs over. */
export function openHandover(
  config: Config,
  { name }: Slot,
  journal: HandoverOptions['journal'],
  log: Log,
): Handover {
  return new Handover({
    clock: systemClock,
    log,
    folder: slotPlaces(config, name).journalFolder,
    others: () => otherSlots(config, name).map((other) => slotPlaces(config, other)),
    siblings: { arrivals: arrivalsFile(config), list: () => siblingSlots(config, name) },
    journal,
  })
}
