/**
 * How a worker is, in the two questions Kubernetes asks: does only a restart help (liveness), and can it work now
 * (readiness)? Whatever comes back by itself, or needs a person, is no reason for a restart: that would give up calls
 * that are under way and paid for.
 */
import type { GroupHealth, WorkerHealth } from '../streams/worker-health.ts'

/** Where a worker is in its life. */
export type Phase = 'starting' | 'running' | 'stopping'

/** What is known of a worker. */
export interface HealthFacts {
  readonly phase: Phase
  /** null before there is one. */
  readonly health: WorkerHealth | null
  /** What hinders it beside that, and is none of its own: a sentence each. */
  readonly troubles: readonly string[]
}

/** What to make of it. */
export interface Verdict {
  /**
   * `working`: all is well. `degraded`: it works, and somebody should look. `waiting`: it cannot work now and goes on
   * by itself. `failed`: only a restart helps.
   */
  readonly state: 'starting' | 'working' | 'degraded' | 'waiting' | 'stopping' | 'failed'
  /** False when only a restart helps. */
  readonly live: boolean
  /** Whether it can work now. */
  readonly ready: boolean
  /** Why the state is not `working`; no reason holds a secret. */
  readonly reasons: readonly string[]
}

/** A member the broker has not answered for so long, three session timeouts, cannot work, ms. */
const SILENT_MS = 30_000
/** One that has been made anew all this time in vain needs another process, ms. */
const STUCK_MS = 300_000

/** Judges. */
export function verdictOn({ phase, health, troubles }: HealthFacts): Verdict {
  if (health === null) return { state: 'starting', live: true, ready: false, reasons: ['it starts'] }
  if (health.failure !== null)
    return { state: 'failed', live: false, ready: false, reasons: [health.failure] }
  if (phase === 'stopping' || !health.alive) {
    return {
      state: 'stopping',
      live: true,
      ready: false,
      reasons: ['it stops, and commits what is finished'],
    }
  }
  const { kafkaAway, groups } = health
  if (kafkaAway !== null) {
    return { state: 'waiting', live: true, ready: false, reasons: [awayText('Kafka', kafkaAway)] }
  }
  const silent = groups.filter(({ heartbeatAgeMs }) => (heartbeatAgeMs ?? 0) > SILENT_MS)
  const isStuck = silent.some(({ heartbeatAgeMs }) => (heartbeatAgeMs ?? 0) > STUCK_MS)
  const halted = haltedTexts(groups)
  const reasons = [...silent.map(silentText), ...halted.texts, ...awayTexts(health), ...troubles]
  if (isStuck) return { state: 'failed', live: false, ready: false, reasons }
  const isJoining = groups.some(({ heartbeatAgeMs }) => heartbeatAgeMs === null)
  if (isJoining)
    return { state: 'starting', live: true, ready: false, reasons: ['it joins its groups', ...reasons] }
  const isOut = silent.length > 0 || (groups.length > 0 && halted.count === groups.length)
  if (isOut) return { state: 'waiting', live: true, ready: false, reasons }
  return { state: reasons.length === 0 ? 'working' : 'degraded', live: true, ready: true, reasons }
}

function awayTexts({ registryAway }: WorkerHealth): string[] {
  return registryAway === null ? [] : [awayText('the schema registry', registryAway)]
}

function awayText(
  what: string,
  { since, reason }: { readonly since: Date; readonly reason: string },
): string {
  return `${what} has not answered since ${since.toISOString()}: ${reason}`
}

function silentText({ step, heartbeatAgeMs }: GroupHealth): string {
  return `step ${step} has not heard from the broker for ${Math.round((heartbeatAgeMs ?? 0) / 1_000)} s`
}

/** What halts several steps is told once. */
function haltedTexts(groups: readonly GroupHealth[]): { count: number; texts: string[] } {
  const halted = groups.flatMap(({ step, halted: why }) => (why === null ? [] : [{ step, why }]))
  const texts = [...Map.groupBy(halted, ({ why }) => `${why.message} [${why.code}]`)].map(
    ([text, steps]) => `${steps.map(({ step }) => step).join(', ')}: ${text}`,
  )
  return { count: halted.length, texts }
}
