import { selectSteps } from '../../../pipeline/run.ts'
import { openSession, type Session } from '../../../pipeline/session.ts'
import type { TopicName } from '../../../schemas/topics.ts'
import { writeForeign } from '../../support/foreign-producer.ts'
import type { Chance } from '../chance.ts'
import type { ChaosRun } from '../chaos-run.ts'
import type { Fault } from '../fault.ts'

/** Every step of the pipeline reads orders to try something again. */
const READ_BY_ALL: TopicName = 'redrive'
const MAGIC = 0
/** Registries count from 1: nobody has given these. */
const FIRST_UNKNOWN_ID = 0x7f000000
/** A length, and nothing of that length. */
const CUT = [0xfe, 0x7f]
/** Beside its frame it fits into a batch that a broker takes. */
const HUGE_BYTES = 1_000_000
const RANDOM_BYTES = 40

/** A value that nobody can read, for a topic whose schema has this id. */
type Poison = (chance: Chance, schemaId: number) => Buffer | null

const POISONS: readonly (readonly [string, Poison])[] = [
  ['bytes that are nothing', (chance) => Buffer.from([1, ...randomBytes(chance, RANDOM_BYTES)])],
  ['an unknown schema id', (chance) => framed(FIRST_UNKNOWN_ID + chance.between(0, 0xffff), CUT)],
  ['the schema of the topic, cut in the middle', (_, schemaId) => framed(schemaId, CUT)],
  ['no value', () => null],
  ['as large as a broker takes', (chance) => Buffer.alloc(HUGE_BYTES, 1 + chance.between(0, 200))],
]

function poisoned([name, poison]: (typeof POISONS)[number]): Fault {
  return {
    name: `poison in every topic that steps read: ${name}`,
    area: 'input',
    async inject(run, chance) {
      const session = await openSession({ config: run.config })
      try {
        const readers = readersOf(session)
        const records = []
        for (const topic of readers.keys()) {
          const schemaId = await schemaIdOf(run, session.fullName(topic))
          // Keys differ, or two of them were one dead letter.
          const key = `poison ${randomBytes(chance, 8).join('')}`
          records.push({ topic: session.fullName(topic), key, value: poison(chance, schemaId) })
        }
        const written = performance.now()
        await writeForeign(run.stack.brokers, records)
        return {
          what: `${records.length} records`,
          recoverySeconds: await run.recovered(written),
          leaves: {
            undecodable: Object.fromEntries([...readers.keys()].map((topic) => [topic, 1])),
            deadLetters: [...readers.values()].reduce((sum, count) => sum + count, 0),
          },
        }
      } finally {
        await session.close()
      }
    },
  }
}

/** The topics that steps read, and how many groups read each. */
function readersOf(session: Session): Map<TopicName, number> {
  const steps = selectSteps(session, [])
  const readers = new Map<TopicName, number>([[READ_BY_ALL, steps.length]])
  for (const topic of steps.flatMap(({ inputs }) => inputs)) readers.set(topic, (readers.get(topic) ?? 0) + 1)
  return readers
}

async function schemaIdOf(run: ChaosRun, topic: string): Promise<number> {
  const answer = await fetch(`${run.stack.registryUrl}/subjects/${topic}-value/versions/latest`)
  return ((await answer.json()) as { id: number }).id
}

function framed(schemaId: number, payload: readonly number[]): Buffer {
  const frame = Buffer.alloc(5)
  frame.writeUInt8(MAGIC, 0)
  frame.writeInt32BE(schemaId, 1)
  return Buffer.concat([frame, Buffer.from(payload)])
}

function randomBytes(chance: Chance, count: number): number[] {
  return Array.from({ length: count }, () => chance.between(0, 255))
}

/** Somebody who knows nothing of Ninefold writes into its topics. */
export const poisons: readonly Fault[] = POISONS.map(poisoned)
