/**
 * What was loaded completely and need not be read again as long as it stands as it stood: a note in the data folder,
 * one an intake topic. It may be deleted: then everything is read once more, which costs time and nothing else.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { contentId } from '../schemas/ids.ts'
import type { LoadSummary } from './intake-writer.ts'
import type { Session } from './session.ts'

const summaries = z.record(z.string(), z.object({ loaded: z.number(), bad: z.number() }))
const note = z.object({
  version: z.literal(1),
  cluster: z.string(),
  /** How much the intake topic held: a topic that holds less is another one. */
  written: z.number(),
  loads: summaries,
})

/** The note of a session's intake topic. */
export class LoadedNote {
  readonly #session: Session
  #loads: z.infer<typeof summaries>

  private constructor(session: Session, loads: z.infer<typeof summaries>) {
    this.#session = session
    this.#loads = loads
  }

  /** Opens it; an empty one when there is none, it is damaged, or it is of another topic. */
  static async open(session: Session): Promise<LoadedNote> {
    return new LoadedNote(session, await loadsOf(session))
  }

  /** What came of a load, by its state; null when there was none. */
  find(state: string): LoadSummary | null {
    return this.#loads[state] ?? null
  }

  /** Notes a load that is complete. What other workers of this folder noted meanwhile stays. */
  async add(state: string, { loaded, bad }: LoadSummary): Promise<void> {
    const topic = await topicState(this.#session)
    this.#loads = { ...(await loadsOf(this.#session)), ...this.#loads, [state]: { loaded, bad } }
    const path = notePath(this.#session)
    mkdirSync(dirname(path), { recursive: true })
    const content: z.infer<typeof note> = { version: 1, ...topic, loads: this.#loads }
    // By way of a rename, so that nobody reads half a note.
    const fresh = `${path}.${process.pid}`
    writeFileSync(fresh, `${JSON.stringify(content, null, 2)}\n`)
    renameSync(fresh, path)
  }
}

/** Files as they stand, and how they are read: the same as long as names, sizes, times and settings are. */
export async function stateOf(files: readonly string[], settings: object): Promise<string> {
  const stats = await Promise.all(files.map((file) => stat(file)))
  const states = stats.map(({ size, mtimeMs }, at) => [files[at], size, mtimeMs])
  return contentId('load', { ...settings }, states)
}

async function loadsOf(session: Session): Promise<z.infer<typeof summaries>> {
  const kept = readNote(notePath(session))
  if (kept === null) return {}
  const { cluster, written } = await topicState(session)
  return kept.cluster === cluster && kept.written <= written ? kept.loads : {}
}

function readNote(path: string): z.infer<typeof note> | null {
  try {
    return note.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}

/** Where the note of an intake topic lies. A topic made anew under its name must not find it. */
export function notePath({ config, fullName }: Pick<Session, 'config' | 'fullName'>): string {
  return join(config.dataDir, 'loaded', `${fullName('intake')}.json`)
}

async function topicState({ client, reader, fullName }: Session) {
  const bounds = await reader.bounds(fullName('intake'))
  return {
    cluster: await client.clusterId(),
    written: bounds.reduce((sum, { written }) => sum + written, 0),
  }
}
