import { describe, expect, it } from 'vitest'
import { decisiveSettings, diffEditions, editionOf, readEdition } from '../../../config/edition.ts'
import { changed, EXAMPLE, parse, problemOf } from './example.ts'

const withFilters = (list: string) => changed(EXAMPLE, 'budget:', `filters: ${list}\nbudget:`)

describe('the section `filters`', () => {
  it('is no part of an edition that has none, so that those there were stay what they are', () => {
    expect(parse(EXAMPLE).filters).toEqual([])
    expect(editionOf(parse(EXAMPLE)).content).not.toHaveProperty('filters')
  })

  it('is part of the edition, and shows as what differs', () => {
    const [plain, strict] = [EXAMPLE, withFilters(`["tier = 'easy'"]`)].map((text) => editionOf(parse(text)))
    expect(diffEditions(plain!, readEdition(strict!.json))).toEqual([
      { key: 'filters', was: '(absent)', now: `["tier = 'easy'"]` },
    ])
    expect(decisiveSettings(['filters[0]=rank = 1'])).toHaveLength(1)
  })

  it('is refused with the place in the file and the character in the condition', () => {
    const { key, what, remedy } = problemOf(withFilters(`["tier = 'easy'", "teir = 'easy'"]`))
    expect(key).toBe('filters[1]')
    expect(what).toContain('character 1: there is no field teir; did you mean tier?')
    expect(remedy).toContain('cot_characters')
  })
})
