/** Loading a dataset to be scored, by several at once and after a break: an item stands in its topic once. */
import { rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { loadScoreItems, unscoredOf } from '../../../pipeline/score-load.ts'
import type { Session } from '../../../pipeline/session.ts'
import { memoryCodec } from '../../../schemas/memory-codec.ts'
import { ToyKafka } from '../../support/toy-kafka.ts'

/** Several transactions. */
const ITEMS = 900

let toys: ToyKafka
let session: Session

beforeAll(async () => {
  toys = await ToyKafka.open(inject('stack').brokers, 'score-load')
  const { client, reader, config, fullName } = toys
  // What a load needs of one.
  session = { client, reader, config, fullName, codec: memoryCodec() } as Session
})

afterAll(async () => {
  await toys?.[Symbol.asyncDispose]()
  if (toys !== undefined) rmSync(toys.config.dataDir, { recursive: true, force: true })
})

async function datasetOf(name: string, count: number, more: object = {}) {
  const file = join(toys.config.dataDir, `${name}.jsonl`)
  const lines = Array.from({ length: count }, (_, at) => ({
    prompt: `Case ${at}?`,
    completion: 'The first.',
  }))
  await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return { name, files: [file], sample: null, seed: 1, ...more }
}

const load = (dataset: Awaited<ReturnType<typeof datasetOf>>) =>
  loadScoreItems(session, dataset, ({ what }) => expect.fail(what))
const itemsIn = async (name: string) =>
  (await toys.read('score-intake')).filter(({ dataset }) => dataset === name).map(({ itemId }) => itemId)

describe('a dataset to be scored', () => {
  it('is loaded once by several at a time, of whom the others are told', async () => {
    const dataset = await datasetOf('together', ITEMS)
    const loads = await Promise.allSettled([load(dataset), load(dataset), load(dataset)])
    for (const one of loads) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'NF_SCORE_TAKEN_OVER' })
    }
    const { items, ids } = await load(dataset)
    const found = await itemsIn('together')
    expect([items, found.length, new Set(found)]).toEqual([ITEMS, ITEMS, ids])
  })

  it('grows with its sample, and not with its repetition', async () => {
    const sampled = async (sample: number) => load({ ...(await datasetOf('sampled', 50)), sample } as never)
    expect(await sampled(10)).toMatchObject({ items: 10, loaded: 10 })
    expect(await sampled(10)).toMatchObject({ items: 10, loaded: 0 })
    expect(await sampled(25)).toMatchObject({ items: 25, loaded: 15 })
    expect(await itemsIn('sampled')).toHaveLength(25)
  })

  it('knows which of its items have no score', async () => {
    const { ids } = await load(await datasetOf('unscored', 3))
    expect(await unscoredOf(session, ids)).toBe(3)
  })

  it('is refused where nothing is in it', async () => {
    await expect(load(await datasetOf('empty', 0))).rejects.toThrow()
  })
})
