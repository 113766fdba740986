import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const ESTABLISHED = '01'

/** A connection of a process to a local port. */
export interface Connection {
  /** The process's own end of it. */
  readonly localPort: number
  /** Bytes that have come and that it has not read. */
  readonly unread: number
}

/**
 * A process's connections to a local port; null where the kernel does not tell (it is Linux that does).
 * @param pid this very process where left out
 */
export function connectionsTo(port: number, pid: number | 'self' = 'self'): Connection[] | null {
  try {
    const own = socketsOf(pid)
    const rows = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').trimEnd().split('\n').slice(1)
    return rows.flatMap((row) => {
      const [, local, remote, state, queues, , , , , inode] = row.trim().split(/\s+/)
      if (state !== ESTABLISHED || !own.has(inode ?? '') || hexAfterColon(remote) !== port) return []
      return [{ localPort: hexAfterColon(local), unread: hexAfterColon(queues) }]
    })
  } catch {
    return null
  }
}

/**
 * On how many of this process's connections to a local port bytes wait that it has not read: answers that have been
 * given, and that nobody here knows of yet. null where the kernel does not tell.
 */
export function unreadAnswers(port: number): number | null {
  return connectionsTo(port)?.filter(({ unread }) => unread > 0).length ?? null
}

function hexAfterColon(text = ''): number {
  return Number.parseInt(text.split(':')[1] ?? '', 16)
}

/** The inodes of a process's sockets. */
function socketsOf(pid: number | 'self'): Set<string> {
  const targets = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`)
    } catch {
      return ''
    }
  })
  return new Set(targets.map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? ''))
}
