import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseConfig } from '../../../config/config.ts'
import { openFolder, writeConfig } from '../../../demo/folder.ts'

let parent: string
let dir: string

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'ninefold-demo-folder-'))
  dir = join(parent, 'demo')
})

afterEach(() => rmSync(parent, { recursive: true, force: true }))

describe('the demo’s folder', () => {
  it('is made, and taken again as it is', async () => {
    const { configPath, [Symbol.dispose]: close } = await openFolder(dir, false)
    await writeConfig(configPath, 20)
    close()
    using _again = await openFolder(dir, false)
    const config = parseConfig(readFileSync(configPath, 'utf8'), configPath)
    expect(Object.values(config.endpoints).map(({ simulated }) => simulated)).toEqual([{ latencyMs: 20 }])
  })

  it('may be an empty one, but none that holds something else, afresh or not', async () => {
    mkdirSync(dir)
    const { [Symbol.dispose]: close } = await openFolder(dir, false)
    close()
    const foreign = join(parent, 'foreign')
    mkdirSync(foreign)
    writeFileSync(join(foreign, 'thesis.txt'), 'x')
    for (const fresh of [false, true]) {
      await expect(openFolder(foreign, fresh)).rejects.toMatchObject({ code: 'NF_DEMO_FOLDER' })
    }
    expect(readdirSync(foreign)).toEqual(['thesis.txt'])
  })

  it('is emptied afresh of what the demo made, and of nothing else', async () => {
    const { configPath, exportFolder, dataDir, [Symbol.dispose]: close } = await openFolder(dir, false)
    mkdirSync(join(dataDir, 'kafka'), { recursive: true })
    mkdirSync(exportFolder)
    writeFileSync(configPath, 'pipeline: demo')
    writeFileSync(join(dir, 'notes.txt'), 'mine')
    close()
    using _fresh = await openFolder(dir, true)
    for (const made of [configPath, exportFolder, dataDir]) expect(existsSync(made), made).toBe(false)
    expect(readFileSync(join(dir, 'notes.txt'), 'utf8')).toBe('mine')
  })

  it('holds one demo at a time', async () => {
    using _first = await openFolder(dir, false)
    for (const fresh of [false, true]) {
      await expect(openFolder(dir, fresh)).rejects.toMatchObject({ code: 'NF_DEMO_RUNS' })
    }
  })
})
