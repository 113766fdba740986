/**
 * Loaded into a process with `node --import`: the machine's date as somebody keeps setting it, read from a file, so that
 * a test can set it while the process runs. What is measured by a steady clock stays as it is.
 */
import { readFileSync } from 'node:fs'
import { CLOCK_SHIFT } from './clock-shift-variable.ts'

const LOOK_MS = 25

const file = process.env[CLOCK_SHIFT]
const RealDate = Date
const realNow = RealDate.now
let shiftMs = 0

RealDate.now = () => realNow() + shiftMs
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(
      target,
      args.length === 0 ? [target.now()] : args,
      newTarget === Date ? target : newTarget,
    ),
})
setInterval(() => {
  if (file !== undefined) shiftMs = shiftIn(file)
}, LOOK_MS).unref()

/** How far the date is off, ms; as it is while there is no file. */
function shiftIn(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return 0
  }
}
