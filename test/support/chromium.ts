/** A real browser for what is to be looked at: Chromium, where the machine has one. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Where distributions put it; CHROMIUM names another. */
const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** Nothing but the page: without these it looks for its maker's servers at every start. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The browser's file; null where there is none, and then it is said. @param what the tests that go without */
export function findChromium(what: string): string | null {
  const found = PLACES.find((place) => place !== undefined && existsSync(place)) ?? null
  if (found === null) console.warn(`SKIPPED: ${what}: there is no Chromium here (CHROMIUM names one)`)
  return found
}

/** Starts it; close it. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGUMENTS })
}
