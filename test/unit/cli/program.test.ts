/** The command line as a whole: what its help teaches, and what it says to a slip of the pen. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { EXIT, EXIT_MEANINGS } from '../../../cli/exit-codes.ts'
import { GUIDES, leaves, wordsOf } from '../../../cli/guide.ts'
import { createProgram } from '../../../cli/program.ts'

const program = await createProgram()
const commands = leaves(program).filter((command) => wordsOf(command) !== 'complete')

describe('every command', () => {
  it('has a guide, and every guide a command', () => {
    expect(commands.map(wordsOf).sort()).toEqual(Object.keys(GUIDES).sort())
  })

  it.each(commands.map((command) => [wordsOf(command), command] as const))(
    '%s is described, and its example uses options it has',
    (words, command) => {
      expect(command.description()).not.toBe('')
      const { example } = GUIDES[words]!
      expect(example).toContain(`ninefold ${words}`)
      const flags = example.match(/(?<=\s)--?[a-z][a-z-]*/g) ?? []
      for (const flag of flags) expect(flagsOf(command), example).toContain(flag)
    },
  )

  it('stands under a heading', () => {
    for (const command of program.commands.filter(({ parent }) => parent === program)) {
      expect(command.helpGroup(), command.name()).toMatch(/^[A-Z].*:$/)
    }
  })
})

function flagsOf({ options }: Command): string[] {
  return options.flatMap(({ short, long }) => [short, long]).filter((flag) => typeof flag === 'string')
}

describe('exit codes', () => {
  it('each have a meaning, which docs/command-line.md gives in the same words', () => {
    const documented = readFileSync('docs/command-line.md', 'utf8')
    expect(Object.keys(EXIT_MEANINGS).map(Number).sort()).toEqual(Object.values(EXIT).sort())
    for (const [code, meaning] of Object.entries(EXIT_MEANINGS)) {
      expect(documented).toContain(`| ${code} | ${meaning} |`)
    }
  })
})
