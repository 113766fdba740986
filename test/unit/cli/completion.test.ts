/** What shells complete: what may stand, from the command tree and the configuration; and bash's own function. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { candidates } from '../../../cli/candidates.ts'
import { createProgram } from '../../../cli/program.ts'
import { TOPICS } from '../../../schemas/topics.ts'
import { SMALL } from '../config/example.ts'

const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'ninefold-completion-'))
const config = join(folder, 'ninefold.yaml')
writeFileSync(config, SMALL)
mkdirSync(join(folder, '.ninefold', 'workers', 'small.strict'), { recursive: true })
mkdirSync(join(folder, '.ninefold', 'workers', 'other.loose'), { recursive: true })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const program = await createProgram()
const after = (...words: string[]) => candidates(program, words)

describe('candidates', () => {
  it('are commands at first, those that are hidden not among them', () => {
    expect(after('')).toEqual(expect.arrayContaining(['run', 'export', 'completion']))
    expect(after('')).not.toContain('complete')
    expect(after('com')).toEqual(['completion'])
  })

  it('are options where a dash stands', () => {
    expect(after('run', '--o')).toEqual(['--only'])
    expect(after('run', '-')).toEqual(
      expect.arrayContaining(['--config', '--edition', '--until-drained', '--help']),
    )
  })

  it('are the values an option or an argument may take', () => {
    expect(after('replay', '--from', 'v')).toEqual(['verdicts'])
    expect(after('completion', '')).toEqual(['bash', 'zsh', 'fish'])
  })

  it('are editions, steps and topics of the configuration the line names', () => {
    expect(after('run', '-c', config, '--edition', '')).toEqual(['main', 'strict'])
    expect(after('run', '-c', config, '--only', 'generate')).toContain('generate')
    expect(after('run', '-c', config, '--only', 'generate', 'ver')).toEqual(['verify'])
    expect(after('read', '--config', config, '')).toEqual(TOPICS)
  })

  it("are none where a file or a text of one's own stands, or the configuration cannot be read", () => {
    expect(after('load', '')).toEqual([])
    expect(after('run', '--config', '')).toEqual([])
    expect(after('run', '-c', join(folder, 'none.yaml'), '--edition', '')).toEqual([])
  })
})

describe('the script', () => {
  it.each(['bash', 'zsh', 'fish'])('for %s asks what may stand', (shell) => {
    const { stdout, status } = spawnSync(process.execPath, [MAIN, 'completion', shell], { encoding: 'utf8' })
    expect(status).toBe(0)
    expect(stdout).toContain('ninefold complete -- ')
  })

  it('completes in bash', () => {
    const script = `
      ninefold() { "${process.execPath}" "${MAIN}" "$@"; }
      source <(ninefold completion bash)
      COMP_WORDS=(ninefold run --only ver) COMP_CWORD=3
      _ninefold && printf '%s\\n' "\${COMPREPLY[@]}"
      complete -p ninefold`
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' })
    expect(stdout, stderr).toBe('verify\ncomplete -o default -F _ninefold ninefold\n')
  })
})
