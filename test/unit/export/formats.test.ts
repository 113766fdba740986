import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { currentDossier } from '../../../export/current.ts'
import type { Dossier } from '../../../export/dossier.ts'
import { FORMATS } from '../../../export/formats.ts'
import { gather } from '../../../export/gather.ts'
import type { ColumnType, Row } from '../../../export/row.ts'
import { SHAPES } from '../../../export/shapes.ts'
import { mediumQuestion, reading, type Topics } from './edition.ts'

const ALL = ['questions', 'triaged-medium', 'verdicts', 'kept', 'records', 'scores'] as const

async function dossierOf(topics: Topics): Promise<Dossier> {
  const work = await mkdtemp(join(tmpdir(), 'ninefold-formats-'))
  try {
    for await (const one of gather({ read: reading(topics), topics: ALL, work, runCharacters: 1_000_000 })) {
      const dossier = currentDossier(one, { withdrawn: 0, superseded: 0 })
      if (dossier !== null) return dossier
    }
    throw new Error('no question')
  } finally {
    await rm(work, { recursive: true })
  }
}

async function rowsOf(name: string, topics: Topics = mediumQuestion()): Promise<Row[]> {
  const dossier = await dossierOf(topics)
  const format = FORMATS.find((one) => one.name === name)!
  if (format.unit === 'question') return [...format.rows(dossier, { minCharacters: 5 })]
  return dossier.records.flatMap(({ record }) => SHAPES.map((shape) => format.row(record, shape)))
}

const PROMPT = 'Which drug causes a dry cough?\n\nA. Lisinopril\nB. Amlodipine\nC. Atenolol'

describe('formats', () => {
  it('have names of their own, and rows that hold exactly their columns', async () => {
    expect(new Set(FORMATS.map(({ name }) => name)).size).toBe(FORMATS.length)
    for (const { name, columns } of FORMATS) {
      const rows = await rowsOf(name)
      expect(rows.length, name).toBeGreaterThan(0)
      for (const row of rows) expect(mistypedIn(row, { struct: columns }), name).toEqual([])
      expect(new Set(rows.map(({ id }) => id)).size, name).toBe(
        rows.length / (isOfRecords(name) ? SHAPES.length : 1),
      )
    }
  })

  it('for fine-tuning ask the question and answer in the three shapes', async () => {
    const [cot, response, reason] = await rowsOf('messages')
    expect(cot).toMatchObject({
      messages: [
        { role: 'user', content: PROMPT },
        { role: 'assistant', content: 'Mended set:1 1.' },
      ],
    })
    expect(response).toMatchObject({ messages: [{}, { content: 'In short, A.' }] })
    expect(reason).toMatchObject({
      messages: [{}, { content: '<think>Mended set:1 1.</think>In short, A.' }],
    })
    expect((await rowsOf('sharegpt'))[0]).toMatchObject({
      conversations: [{ from: 'human', value: PROMPT }, { from: 'gpt' }],
    })
    expect((await rowsOf('prompt-completion'))[0]).toMatchObject({
      prompt: [{ role: 'user', content: PROMPT }],
      completion: [{ role: 'assistant', content: 'Mended set:1 1.' }],
    })
  })

  it('prefer each kept chain of thought to each wrong path, and say why', async () => {
    const pairs = await rowsOf('ranking')
    expect(pairs).toHaveLength(2 * 5)
    expect(pairs[0]).toMatchObject({
      instruction: PROMPT,
      chosen: 'Mended set:1 1.',
      rejected: 'Wrong path 5 of set:1.',
      reason: 'Reason 5.',
    })
    expect((await rowsOf('preference')).map(({ id }) => id)).toEqual(pairs.map(({ id }) => id))
  })

  it('leave wrong paths that are no whole chain of thought out of pairs, not out of verdicts', async () => {
    const { verdicts = [], ...topics } = mediumQuestion()
    const cut = verdicts.map((one, at) => (at === 8 ? { ...one, codeCheck: 'truncated' } : one))
    expect(await rowsOf('ranking', { ...topics, verdicts: cut })).toHaveLength(2 * 4)
    expect(await rowsOf('verdicts', { ...topics, verdicts: cut })).toHaveLength(9)
  })

  it('mark kept chains of thought as desirable and wrong paths as not', async () => {
    const rows = await rowsOf('kto')
    expect(rows.map(({ label }) => label)).toEqual([true, true, false, false, false, false, false])
    expect((await rowsOf('kto-tag')).map(({ kto_tag }) => kto_tag)).toEqual(rows.map(({ label }) => label))
  })

  it('take only verdicts that triage counted', async () => {
    const { verdicts = [], ...topics } = mediumQuestion()
    const foreign = { ...verdicts[0]!, verdictId: 'of a sampler this edition has not' }
    expect(await rowsOf('verdicts', { ...topics, verdicts: [...verdicts, foreign] })).toHaveLength(9)
  })

  it('show a path before and after it was mended, and the reasons', async () => {
    const [first] = await rowsOf('refinements')
    expect(first).toMatchObject({
      before: expect.stringContaining('Path 1.'),
      after: 'Mended set:1 1.',
      reasons: ['Mistake 5.', 'Mistake 6.', 'Mistake 7.', 'Mistake 8.', 'Mistake 9.'],
      refiner: 'refine-model',
    })
  })

  it('give a question to reinforcement with its answer, reward, pass rate and difficulty, solved or not', async () => {
    const { records: _records, kept: _kept, ...unsolved } = mediumQuestion()
    const [item] = await rowsOf('rl', unsolved)
    expect(item).toMatchObject({
      answer: 'A',
      pass_rate: 4 / 9,
      paths: 9,
      correct_paths: 4,
      difficulty: 'medium',
      reward_model: { style: 'rule', ground_truth: 'A', labels: ['A'], options: ['A', 'B', 'C'] },
    })
    const { answer_pattern } = item!.reward_model as { answer_pattern: string }
    const pattern = new RegExp(answer_pattern.replace('(?m)', ''), 'm')
    expect(pattern.exec('Because.\nAnswer: A, C\n')?.[1]).toBe('A, C')
    expect(pattern.test('The answer: maybe')).toBe(false)
  })
})

function isOfRecords(name: string): boolean {
  return FORMATS.find((one) => one.name === name)?.unit === 'record'
}

/** Places where a value is not of its column's type, or stands in no column. */
function mistypedIn(value: unknown, type: ColumnType, place = ''): string[] {
  if (value === null) return []
  if (typeof type === 'string') {
    const fits = {
      text: typeof value === 'string',
      int: Number.isSafeInteger(value),
      float: typeof value === 'number',
      bool: typeof value === 'boolean',
    }[type]
    return fits ? [] : [`${place} is no ${type}`]
  }
  if ('list' in type) {
    if (!Array.isArray(value)) return [`${place} is no list`]
    return value.flatMap((one, at) => mistypedIn(one, type.list, `${place}[${at}]`))
  }
  const names = Object.keys(value as object)
  const wanted = Object.keys(type.struct)
  if (JSON.stringify(names) !== JSON.stringify(wanted)) return [`${place} has ${names}, not ${wanted}`]
  return wanted.flatMap((name) =>
    mistypedIn((value as Record<string, unknown>)[name], type.struct[name]!, `${place}.${name}`),
  )
}
