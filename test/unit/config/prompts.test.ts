/** The section `prompts`, and the files it may name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { type ConfigOptions, loadConfig, parseConfig } from '../../../config/config.ts'
import { ConfigError } from '../../../config/errors.ts'
import type { NinefoldConfig } from '../../../library/config.ts'
import { OUR_PROMPTS } from '../../../prompts/prompts.ts'
import { problemOf, SMALL } from './example.ts'

const folder = mkdtempSync(join(tmpdir(), 'ninefold-own-prompts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const path = join(folder, 'ninefold.yaml')
const textWith = (prompts: string) => `${SMALL}prompts: ${prompts}\n`
const promptsOf = (prompts: string, options?: ConfigOptions) =>
  parseConfig(textWith(prompts), path, options).prompts
const write = (name: string, words: string | Buffer) => writeFileSync(join(folder, name), words)

function problemsIn(prompts: string) {
  try {
    promptsOf(prompts)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  throw new Error('it was accepted')
}

describe('prompts', () => {
  it('are our own unless others are given', () => {
    expect(parseConfig(SMALL, path).prompts).toEqual(OUR_PROMPTS)
  })

  it('are taken as text, and only the one that is named', () => {
    const { summarize, ...others } = promptsOf('{ summarize: { text: Be brief., system: You edit. } }')
    const { summarize: ours, ...otherOurs } = OUR_PROMPTS
    expect(summarize.hash).toBe(ours.reworded({ task: 'Be brief.', system: 'You edit.' }).hash)
    expect(others).toEqual(otherOurs)
  })

  it('are taken from files beside the configuration, whatever wrote them', async () => {
    write('brief.md', '\ufeffBe brief:\r\n- very.\r\n\r\n')
    write('editor.md', 'You edit.\n')
    writeFileSync(path, textWith('{ summarize: { file: brief.md, systemFile: editor.md } }'))
    const { prompts } = await loadConfig(path)
    expect(prompts.summarize.wording).toEqual({ system: 'You edit.', task: 'Be brief:\n- very.' })
  })

  it('are taken from --set, too, and files seen from the same folder', () => {
    write('set.md', 'Be quick.')
    const set = ['prompts.summarize.file=set.md', 'prompts.verify.text="Judge it."']
    const { summarize, verify } = parseConfig(SMALL, path, { set }).prompts
    expect([summarize.wording.task, verify.wording.task]).toEqual(['Be quick.', 'Judge it.'])
    expect(() => parseConfig(SMALL, path, { set: ['prompts.summarize.file=nowhere.md'] })).toThrow(
      /--set prompts\.summarize\.file: there is no file .*nowhere\.md/,
    )
  })

  it.each([
    ['{question}', 1],
    ['Read this:\n{{ cot }}', 2],
    ['Read\n\n\u0024{reasoning}', 3],
    ['{ Options }', 1],
    ['{{#if key}}', 1],
  ])('hold no placeholders such as in %j', (words, line) => {
    const problem = problemOf(textWith(`{ summarize: { text: ${JSON.stringify(words)} } }`))
    expect(problem).toMatchObject({ code: 'NF_CONFIG_PROMPT', key: 'prompts.summarize.text' })
    expect(problem.what).toContain(`(line ${line} of the words)`)
    expect(problem.remedy).toContain('QUESTION, OPTIONS, REASONING')
  })

  it.each(['Write {"a": 1}.', 'As in \\frac{1}{2}.', 'A set {a, b}.', 'Doses < 5 mg {per day}.'])(
    'may hold braces such as in %j',
    (words) => {
      const { summarize } = promptsOf(`{ summarize: { text: ${JSON.stringify(words)} } }`)
      expect(summarize.wording.task).toBe(words)
    },
  )

  it('tell where a file does not do, and why, all at once', () => {
    write('empty.md', ' \n')
    write('data.md', 'x'.repeat(20_001))
    write('latin.md', Buffer.from([0x44, 0xfc, 0x72]))
    write('binary.md', 'a\0b')
    const problems = problemsIn(`{
      generate: { file: empty.md }, verify: { file: data.md }, rank: { file: latin.md },
      refine: { file: binary.md }, summarize: { systemFile: none.md }, score: { file: "." } }`)
    const said = Object.fromEntries(problems.map(({ key, what }) => [key, what]))
    expect(problems.every(({ code }) => code === 'NF_CONFIG_PROMPT')).toBe(true)
    expect(said['prompts.generate.file']).toBe('there are no words in it')
    expect(said['prompts.verify.file']).toBe('it is 20001 characters long, and at most 20000 may be')
    expect(said['prompts.rank.file']).toBe(`${join(folder, 'latin.md')} is no text in UTF-8`)
    expect(said['prompts.refine.file']).toBe('it holds control characters')
    expect(said['prompts.summarize.systemFile']).toBe(`there is no file ${join(folder, 'none.md')}`)
    expect(said['prompts.score.file']).toBe(`${folder} cannot be read (EISDIR)`)
  })

  it('may be part of a configuration that is an object', async () => {
    const given = { ...(parseYaml(SMALL) as NinefoldConfig), prompts: { summarize: { text: 'Be brief.' } } }
    expect((await loadConfig(given)).prompts.summarize.wording.task).toBe('Be brief.')
  })

  it('are given once', () => {
    expect(problemOf(textWith('{ rank: { text: a, file: b } }')).what).toContain('the words are given once')
    expect(problemOf(textWith('{ rank: { system: a, systemFile: b } }')).what).toContain(
      'the system message is given once',
    )
  })

  it('are known by name', () => {
    const problem = problemOf(textWith('{ sumarize: { text: a } }'))
    expect(problem).toMatchObject({ code: 'NF_CONFIG_UNKNOWN_KEY', key: 'prompts.sumarize' })
    expect(problem.what).toContain('did you mean `summarize`?')
  })
})
