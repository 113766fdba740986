/**
 * Loaded before a program (`node --import`): looks at the process's memory now and then, and writes down in the end
 * what it used.
 */
import { writeFileSync } from 'node:fs'
import { USAGE_FILE, type Usage } from './measured-process.ts'

/** To ask for it takes milliseconds. */
const EVERY_MS = 1_000
/** Of what the system counts in KiB. */
const KIB = 1024

const path = process.env[USAGE_FILE]!
const samples: { seconds: number; rss: number; heap: number }[] = []
const look = (): void => {
  // With --expose-gc what lives is seen, without what only waits to be collected.
  globalThis.gc?.()
  const { rss, heapUsed: heap } = process.memoryUsage()
  samples.push({ seconds: process.uptime(), rss, heap })
}
setInterval(look, EVERY_MS).unref()

process.on('exit', () => {
  look()
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  const usage: Usage = { samples, maxRss: maxRSS * KIB, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 }
  writeFileSync(path, JSON.stringify(usage))
})
