/** Loaded into a process with `node --import`: see `full-disk-variable.ts`. */
import { existsSync } from 'node:fs'
import { FullDisk } from './full-disk.ts'
import { FULL_DISK } from './full-disk-variable.ts'

const mark = process.env[FULL_DISK]
if (mark !== undefined) new FullDisk(() => existsSync(mark))
