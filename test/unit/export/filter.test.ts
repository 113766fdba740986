import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dossier } from '../../../export/dossier.ts'
import { holds } from '../../../export/filter/condition.ts'
import { FIELDS, subjectOfRecord } from '../../../export/filter/fields.ts'
import { parseFilter } from '../../../export/filter/parse.ts'
import { EVERYTHING, filtered, select } from '../../../export/select.ts'
import type { TrainingRecord } from '../../../schemas/types.ts'
import { question } from '../../support/records.ts'
import { record } from './edition.ts'

/** Whether a filter lets a record through. */
function passes(text: string, changes: Partial<TrainingRecord> = {}, score: number | null = null): boolean {
  return holds(parseFilter(text).condition, subjectOfRecord({ record: record('a', changes), score })) === true
}

describe('a filter', () => {
  it('compares fields as SQL does', () => {
    expect(passes("tier = 'easy' and score >= 8 and licence in ('mit')", {}, 8)).toBe(true)
    expect(passes("tier = 'easy' and score >= 8 and licence in ('mit')", {}, 7.9)).toBe(false)
    expect(passes("tier != 'easy' or errors < 2")).toBe(true)
    expect(passes("not (tier = 'easy' or errors < 2)")).toBe(false)
    expect(passes("source not in ('medqa', 'pubmedqa') and RANK <= 1")).toBe(true)
    expect(passes('key_shown = false and errors > -1 and errors <> 2')).toBe(true)
  })

  it('binds "and" closer than "or", and "not" closer than both', () => {
    expect(passes("tier = 'easy' or tier = 'hard' and errors = 9")).toBe(true)
    expect(passes("not tier = 'easy' or errors = 1")).toBe(true)
  })

  it('lets nothing through that is not known, negated or not', () => {
    expect(passes('score >= 8')).toBe(false)
    expect(passes('not score >= 8')).toBe(false)
    expect(passes('score is null or score >= 8')).toBe(true)
    expect(passes('score is not null', {}, 3)).toBe(true)
  })

  it('finds a label among several, and misses it where it is not', () => {
    const labelled = { question: question({ labels: ['cardiology', 'Renal'] }) }
    expect(passes("labels = 'renal'", labelled)).toBe(true)
    expect(passes("labels in ('oncology', 'cardiology')", labelled)).toBe(true)
    expect(passes("labels != 'renal'", labelled)).toBe(false)
    expect(passes("not labels = 'oncology'", labelled)).toBe(true)
  })

  it('takes any text between quotes as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (source) => {
        const quoted = `'${source.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
        const asked = { question: question({ source }) }
        expect(passes(`source = ${quoted}`, asked)).toBe(true)
        expect(passes(`source = ${quoted}`, { question: question({ source: `${source}x` }) })).toBe(false)
      }),
    )
  })

  it.each([
    ["teir = 'easy'", 'character 1: there is no field teir; did you mean tier?'],
    ["tier = 'easy' and", 'character 18: expected a field, but there is nothing more'],
    ["tier = 'easy' tier = 'hard'", 'character 15: expected "and", "or" or the end, but there is "tier"'],
    ['tier = easy', 'character 8: expected a text in quotes'],
    ["score >= 'high'", 'character 10: expected a number'],
    ['tier like 1', 'character 6: expected a comparison'],
    ["tier in 'easy'", 'character 9: expected "("'],
    ["(tier = 'easy'", 'character 15: expected ")"'],
    ["tier = 'easy'; drop table records", 'character 14: expected "and", "or" or the end, but there is ";"'],
    ["tier = 'easy", 'character 8: expected a text in quotes'],
    ["constructor = 'x'", 'character 1: there is no field constructor'],
    ['', 'character 1: expected a field, but there is nothing more'],
    ['('.repeat(200), 'nested too deeply'],
  ])('refuses %j with its place', (text, why) => {
    expect(() => parseFilter(text)).toThrow(expect.objectContaining({ code: 'NF_EXPORT_FILTER' }))
    expect(() => parseFilter(text)).toThrow(why)
  })

  it('says which fields it asks for', () => {
    expect([...parseFilter('Score >= 8 and score < 9 or rank = 1').fields]).toEqual(['score', 'rank'])
    expect(Object.keys(FIELDS)).toContain('score')
  })
})

describe("an edition's filters", () => {
  const asked = question({ questionId: 'q' })
  const records = [1, 2].map((rank) => ({
    record: record(`r${rank}`, { question: asked, rank }),
    score: null,
  }))
  const dossier: Dossier = { question: asked, records, triaged: null, verdicts: [], kept: [] }
  const chosen = (filters: string[], where: string | null = null) => {
    const own = where === null ? null : parseFilter(where)
    const { dossier: left, asQuestion } = select(dossier, filtered({ ...EVERYTHING, where: own }, filters))
    return [left.records.map(({ record: { rank } }) => rank), asQuestion]
  }

  it('must all be met, and --where besides', () => {
    expect(chosen([])).toEqual([[1, 2], true])
    expect(chosen(['rank = 1', 'revision = 1'])).toEqual([[1], true])
    expect(chosen(['rank = 1'], 'rank = 2')).toEqual([[], false])
  })

  it('choose whole questions only by what questions have', () => {
    expect(chosen(['rank = 1', "question_id = 'q'"])).toEqual([[1], true])
    expect(chosen(["question_id = 'another'"])).toEqual([[], false])
  })
})
