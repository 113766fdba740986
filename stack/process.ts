/**
 * Child processes that outlive the command that started them, and how they are recognised later: by pid and
 * start time together, so that a number the kernel has given to somebody else is never signalled.
 */
import { execFileSync, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** One process, for good: the pid, and the kernel's own mark of when that pid began. */
export interface ProcessIdentity {
  pid: number
  /** Opaque: on Linux the boot and the clock tick of the start, elsewhere the start time that `ps` prints. */
  startTime: string
}

/** What to run detached, and where what it prints goes. */
export interface DetachedCommand {
  command: string
  args: string[]
  cwd: string
  env?: Record<string, string>
  /** Standard output and error are appended here. */
  logFile: string
}

/** A process just started: who it is, and where in the log file its own lines begin (bytes). */
export interface StartedProcess {
  identity: ProcessIdentity
  logOffset: number
}

/** Starts the command in a session of its own, so that neither Ctrl-C nor the end of this process ends it. */
export async function startDetached(what: DetachedCommand): Promise<StartedProcess> {
  mkdirSync(dirname(what.logFile), { recursive: true })
  const log = openSync(what.logFile, 'a')
  try {
    const logOffset = statSync(what.logFile).size
    const child = spawn(what.command, what.args, {
      cwd: what.cwd,
      env: { ...process.env, ...what.env },
      detached: true,
      stdio: ['ignore', log, log],
    })
    const failure = new Promise<never>((_, reject) => child.once('error', reject))
    if (child.pid === undefined) return await failure
    failure.catch(() => {})
    child.unref()
    const startTime = startTimeOf(child.pid) ?? 'gone at once'
    return { identity: { pid: child.pid, startTime }, logOffset }
  } finally {
    closeSync(log)
  }
}

/** When the process with this pid started; null when there is none, or only its unreaped remains. */
export function startTimeOf(pid: number): string | null {
  return process.platform === 'linux' ? linuxStartTime(pid) : psStartTime(pid)
}

/**
 * The start time in a line of `/proc/<pid>/stat` (field 22); null for a zombie (field 3).
 *
 * A zombie that still counts other threads (field 20) is not dead yet: a killed JVM's first thread goes before
 * the others have let go of its ports and file locks.
 */
export function parseProcStat(stat: string): string | null {
  // The command name, field 2, may itself hold spaces and brackets: count from the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, threads, ticks] = [fields[0], Number(fields[17]), fields[19]]
  const dead = state === 'X' || (state === 'Z' && threads <= 1)
  return dead || ticks === undefined ? null : ticks
}

function linuxStartTime(pid: number): string | null {
  try {
    const ticks = parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    // Ticks count from the boot, so the same pid and tick can come again after a restart of the machine.
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return ticks === null ? null : `${boot}/${ticks}`
  } catch {
    return null
  }
}

function psStartTime(pid: number): string | null {
  try {
    const options = { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' }, stdio: 'pipe' } as const
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], options).trim()
    return line === '' || line.startsWith('Z') ? null : line.slice(line.indexOf(' ')).trim()
  } catch {
    return null
  }
}

/** Whether that very process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return startTimeOf(identity.pid) === identity.startTime
}

/** Signals the process if it is still the one that was started; whether the signal was sent. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false
  try {
    return process.kill(identity.pid, signal)
  } catch {
    return false
  }
}

/** How a process came to its end: it had none to come to, it obeyed, or it had to be killed. */
export type StopOutcome = 'not running' | 'stopped' | 'killed'

/** SIGTERM, then SIGKILL for what still runs after `graceMs`; returns when the process is gone. */
export async function stopProcess(identity: ProcessIdentity, graceMs: number): Promise<StopOutcome> {
  if (!signalProcess(identity, 'SIGTERM')) return 'not running'
  if (await isGoneWithin(identity, graceMs)) return 'stopped'
  signalProcess(identity, 'SIGKILL')
  await isGoneWithin(identity, 10_000)
  return 'killed'
}

async function isGoneWithin(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (isAlive(identity)) {
    if (performance.now() > deadline) return false
    await sleep(50)
  }
  return true
}
