import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { parseConfig } from '../../../config/config.ts'
import { exampleAt, sectionDocs } from '../../../config/key-docs.ts'

const GENERATOR = fileURLToPath(new URL('../../../config/generate-docs.ts', import.meta.url))
const EXAMPLE = new URL('../../../config/example.yaml', import.meta.url)

const server = z.strictObject({
  latencyMs: z.number().gt(0).max(9).optional().describe('Delay, in milliseconds; default: none.'),
})
const toy = z.strictObject({
  name: z.string().describe('What it is called.'),
  size: z.int().min(1).default(3).describe('How large; default 3.'),
  kind: z.enum(['a', 'b']).optional().describe('Which.'),
  servers: z.record(z.string(), server).describe('By name.'),
  spares: z
    .array(z.union([z.string(), server]))
    .prefault([])
    .describe('Further ones; default: none.'),
  off: z.union([z.literal(false), z.array(z.number())]).describe('Or not.'),
})

describe('what a schema says of its keys', () => {
  const [top, ...inner] = sectionDocs(toy)

  it('is type, default and unit, in words', () => {
    expect(top?.keys.map(({ key, type, byDefault }) => [key, type, byDefault])).toEqual([
      ['name', 'text', 'required'],
      ['size', 'whole number, at least 1', '`3`'],
      ['kind', '`a`, `b`', '–'],
      ['servers', 'mapping', 'required'],
      ['spares', 'list of text or mapping', 'none'],
      ['off', '`false` or list of numbers', 'required'],
    ])
    expect(top?.keys[1]?.about).toBe('How large.')
  })

  it('is told once for mappings that are alike', () => {
    expect(inner).toEqual([
      {
        paths: ['servers.<name>', 'spares[]'],
        keys: [
          {
            key: 'latencyMs',
            type: 'number, above 0, up to 9',
            byDefault: 'none',
            unit: 'milliseconds',
            about: 'Delay, in milliseconds.',
          },
        ],
      },
    ])
  })

  it('finds examples below names and in lists', () => {
    const example = { servers: { a: {}, b: { latencyMs: 4 } }, spares: ['x', { latencyMs: 5 }] }
    expect(exampleAt(example, 'servers.<name>', 'latencyMs')).toBe(4)
    expect(exampleAt(example, 'spares[]', 'latencyMs')).toBe(5)
    expect(exampleAt(example, '', 'name')).toBeUndefined()
  })
})

describe('docs/configuration.md', () => {
  it('is what the schema says, and shows every key', () => {
    const { status, stderr } = spawnSync(process.execPath, [GENERATOR, '--check'], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  it('shows an example that is sound', () => {
    const [first] = parseAllDocuments(readFileSync(EXAMPLE, 'utf8'))
    const config = parseConfig(JSON.stringify(first?.toJS()), 'example.yaml')
    expect(config.samplers).toHaveLength(8)
    expect(config.endpoints.trial?.simulated).toEqual({ latencyMs: 250 })
  })
})
