/**
 * A worker's place on its machine: the first of `<machine>-0`, `<machine>-1`, … that no living process holds. It
 * names the transactional id and the journal, so that a worker takes over what its predecessor left behind.
 * The lock is the kernel's and goes with the process; a stopped process (SIGSTOP) keeps its place.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config } from '../config/config.ts'
import type { SlotPlaces } from '../models/budget.ts'
import type { WorkerPlaces } from '../models/claimants.ts'
import { groupName } from '../schemas/topic-names.ts'
import { onDisk } from '../stack/disk-fault.ts'
import { foldersIn } from '../stack/folders-in.ts'
import { acquireLock } from '../stack/lock.ts'

/** A slot that is held. */
export interface Slot {
  readonly name: string
  /** For what can be rebuilt from the log; one a slot and cluster. */
  readonly folder: string
  release(): void
}

/** Where a slot of this pipeline's edition keeps its lock and its journal. */
export function slotPlaces(config: Config, slot: string): SlotPlaces {
  return {
    ...workerPlaces(config.dataDir, editionFolder(config), slot),
    journal: `${config.edition}-${slot}`,
  }
}

function workerPlaces(dataDir: string, folder: string, slot: string): WorkerPlaces {
  return {
    lock: join(dataDir, 'workers', folder, `${slot}.lock`),
    journalFolder: join(dataDir, 'journal', folder, slot),
  }
}

/** An edition's name among those of all pipelines. */
function editionFolder({ pipeline, edition }: Config): string {
  return `${pipeline}.${edition}`
}

/** A slot's names on the broker: what fences its workers, and the group its journal's progress is kept under. */
export function slotNames(config: Config, slot: string): { transactionalId: string; journalGroup: string } {
  return {
    transactionalId: groupName(config, `worker-${slot}`),
    journalGroup: groupName(config, `journal.${slot}`),
  }
}

/** The other slots of a worker's machine in its pipeline and edition, held by somebody or free. */
export function otherSlots(config: Config, slot: string): string[] {
  const folder = dirname(slotPlaces(config, slot).journalFolder)
  return readdirSync(folder).filter((name) => name !== slot && isSlotOfMachine(name, slot))
}

/** All other slots of this machine, of whatever edition and pipeline, held by somebody or free. */
export function siblingSlots(config: Config, slot: string): WorkerPlaces[] {
  const { dataDir } = config
  const own = slotPlaces(config, slot).journalFolder
  const journals = join(dataDir, 'journal')
  return foldersIn(journals)
    .flatMap((edition) =>
      foldersIn(join(journals, edition)).map((name) => workerPlaces(dataDir, edition, name)),
    )
    .filter(({ journalFolder }) => journalFolder !== own)
}

/** Where the workers of a machine tell each other that they have come. */
export function arrivalsFile({ dataDir }: Config): string {
  return join(dataDir, 'arrivals')
}

/** Whether this is the name of a slot, of the same machine as another one. */
function isSlotOfMachine(name: string, slot: string): boolean {
  const machine = slot.slice(0, slot.lastIndexOf('-') + 1)
  return name.startsWith(machine) && /^\d+$/.test(name.slice(machine.length))
}

/** A cluster's id as a folder's name. */
export function clusterFolder(clusterId: string): string {
  return clusterId.replaceAll(/[^A-Za-z0-9_-]/g, '_')
}

/** Where the slots of a data folder are that an edition has had, and their locks. */
export function slotsFolder(config: Config): string {
  return join(config.dataDir, 'workers', editionFolder(config))
}

/** More workers than this on one machine are a mistake. */
const MAX_SLOTS = 256

/** Takes the first free slot of this pipeline's edition. @throws when there is none. */
export function takeSlot(config: Config, clusterId: string): Slot {
  const machine = machineId(config.dataDir)
  const folder = slotsFolder(config)
  for (let number = 0; number < MAX_SLOTS; number++) {
    const name = `${machine}-${number}`
    const lock = acquireLock(slotPlaces(config, name).lock)
    if (lock === null) continue
    // Another cluster's offsets mean nothing here.
    const own = join(folder, name, clusterFolder(clusterId))
    mkdirSync(own, { recursive: true })
    return { name, folder: own, release: () => lock.release() }
  }
  throw new Error(`${MAX_SLOTS} workers run on ${folder} already`)
}

/** A few letters that tell this data folder from those of other machines in the same groups. */
function machineId(dataDir: string): string {
  const path = join(dataDir, 'machine-id')
  if (!existsSync(path)) onDisk(path, () => makeMachineId(path))
  return readFileSync(path, 'utf8').trim()
}

/** It appears with its contents, or not at all: two workers that start together must read the same. */
function makeMachineId(path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}`
  try {
    writeFileSync(draft, randomBytes(4).toString('hex'))
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
}
