/** The package's bin on a Node.js that is too old: a real one where the machine has one, else one that says it is. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { codeVersion } from '../../../config/code-version.ts'

const BIN = fileURLToPath(new URL('../../../cli/bin.mjs', import.meta.url))
const SYSTEM_NODE = '/usr/bin/node'
const { stdout: systemVersion } = spawnSync(SYSTEM_NODE, ['--version'], { encoding: 'utf8' })
const isSystemNodeOld = systemVersion !== null && Number.parseInt(systemVersion.slice(1), 10) < 24

/** Code that makes Node.js deny its version, and name another architecture. */
const pretend = (arch: string) =>
  `data:text/javascript,${encodeURIComponent(`
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })
    Object.defineProperty(process, 'arch', { value: ${JSON.stringify(arch)} })`)}`

function bin(node: string, before: readonly string[], ...args: string[]) {
  return spawnSync(node, [...before, BIN, ...args], { encoding: 'utf8' })
}

describe('the bin', () => {
  it('runs on this Node.js', () => {
    expect(bin(process.execPath, [], '--version')).toMatchObject({ status: 0, stdout: `${codeVersion()}\n` })
  })

  it('goes on with the installed one where its own is too old, and ends as that does', () => {
    const old = ['--import', pretend(process.arch)]
    expect(bin(process.execPath, old, '--version')).toMatchObject({ status: 0, stdout: `${codeVersion()}\n` })
    expect(bin(process.execPath, old, 'no-such-command').status).toBe(2)
  })

  it.skipIf(!isSystemNodeOld)('goes on from a real old one', () => {
    expect(bin(SYSTEM_NODE, [], '--version')).toMatchObject({ status: 0, stdout: `${codeVersion()}\n` })
  })

  it('says what is missing where none is installed', () => {
    const unknown = bin(process.execPath, ['--import', pretend('s390x')], '--version')
    expect(unknown.status).toBe(1)
    expect(unknown.stderr).toContain('needs Node.js 24 or later; this is 20.1.0')
    const missing = bin(process.execPath, ['--import', pretend(OTHER_ARCH)], '--version')
    expect(missing.status).toBe(1)
    expect(missing.stderr).toMatch(/optional package node-(bin-)?(linux|darwin)-(x64|arm64)/)
  })
})

const OTHER_ARCH = process.arch === 'x64' ? 'arm64' : 'x64'
