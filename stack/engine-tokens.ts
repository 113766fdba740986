/**
 * The tokens that the local ClickHouse engine wants of whoever asks it: whoever can connect to loopback may be another
 * user of this machine. They lie in files that only their owner can read, and stay as they are, so that a tool needs to
 * be told once.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a token is good for: `owner` is Ninefold itself, `reader` any tool that only asks. */
export type EngineAccess = 'owner' | 'reader'

/** Both of them. */
export type EngineTokens = Readonly<Record<EngineAccess, string>>

const BYTES = 24

/** Where the tokens of a stack lie. */
export function tokenFolder(dataDir: string): string {
  return join(dataDir, 'tokens')
}

/** The file of a token. */
export function tokenFile(folder: string, access: EngineAccess): string {
  return join(folder, `clickhouse-${access}`)
}

/** Makes the tokens that are not there yet. */
export function makeTokens(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const access of ['owner', 'reader'] as const) {
    const file = tokenFile(folder, access)
    if (readToken(folder, access) === null) {
      writeFileSync(file, `${randomBytes(BYTES).toString('hex')}\n`, { mode: 0o600 })
    }
    chmodSync(file, 0o600)
  }
}

/** A token; null when there is none. @throws what keeps an existing file from being read */
export function readToken(folder: string, access: EngineAccess): string | null {
  try {
    return readFileSync(tokenFile(folder, access), 'utf8').trim() || null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
