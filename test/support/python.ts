/** Python with packages of a test's own, so that a client that is none of ours has a say. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * The interpreter of a virtual environment with pinned packages; made at first use, kept for the next.
 * @param requirements the file that names them
 * @param name of the environment; one for each such file
 */
export async function pythonWith(requirements: string, name: string): Promise<string> {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const folder = join(cache, 'ninefold', `${name}-venv`)
  const interpreter = join(folder, 'bin', 'python')
  const mark = join(folder, 'installed')
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return interpreter
  rmSync(folder, { recursive: true, force: true })
  await run('python3', ['-m', 'venv', folder])
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]
  await run(interpreter, install)
  writeFileSync(mark, wanted)
  return interpreter
}
