/**
 * Groups of workers on one machine, without a broker, each working on an edition: partitions with requests that have to
 * be answered, the same in all editions, some of them in all partitions, dealt anew when workers come and go. Each member asks to join before anybody is
 * given a partition, and learns what it was given at a time of its own, as members of a real group do.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { createAsk } from '../../../models/asker.ts'
import { systemClock } from '../../../models/clock.ts'
import type { ChatEndpoint } from '../../../models/endpoint.ts'
import { CallFailure } from '../../../models/errors.ts'
import { Handover } from '../../../models/handover.ts'
import { Journal, JournalShelves } from '../../../models/journal.ts'
import type { ChatReply } from '../../../models/reply.ts'
import { acquireLock } from '../../../stack/lock.ts'
import { silentLog } from '../../../streams/log.ts'
import { type Claimant, deal, NEVER_JOINED } from '../../../streams/transport/sticky-assigner.ts'
import { endpointAt, hastyClock, model, question } from './fixtures.ts'

const GROUP = 'verify'
const LOOK_MS = 1
/** Requests that are asked at once, a partition. */
const AT_ONCE = 2
/** One request in so many is the same in all partitions. */
const SHARED = 3

/** A call at the endpoint. */
interface Call {
  readonly body: string
  readonly worker: ModelWorker
  readonly end: (outcome: ChatReply | CallFailure) => void
}

/** The machine, the endpoint that all of its workers ask, and what went wrong. */
export class ModelMachine {
  readonly folder = mkdtempSync(join(tmpdir(), 'ninefold-handovers-'))
  /** A group each. */
  readonly editions: readonly HandoverModel[]
  /** Calls under way. */
  readonly calls: Call[] = []
  /** Requests that were asked although an equal one was under way, or answered. */
  readonly repeated: string[] = []
  readonly #answered = new Set<string>()

  constructor(editions: number, partitions: number, requests: number) {
    this.editions = Array.from(
      { length: editions },
      (_, at) => new HandoverModel(this, `edition${at}`, partitions, requests),
    )
  }

  get isDone(): boolean {
    return this.editions.every((group) => group.isDone)
  }

  /** A call begins. */
  send(worker: ModelWorker, body: string, signal: AbortSignal): Promise<ChatReply> {
    if (this.#answered.has(body) || this.calls.some((call) => call.body === body)) this.repeated.push(body)
    return new Promise((resolve, reject) => {
      const end = (outcome: ChatReply | CallFailure) =>
        outcome instanceof CallFailure ? reject(outcome) : resolve(outcome)
      const call = { body, worker, end }
      this.calls.push(call)
      signal.addEventListener('abort', () => {
        this.#end(call)
        reject(signal.reason)
      })
    })
  }

  /** A call ends; resolves when its answer is in the journal. */
  async end(call: Call, answers: boolean): Promise<void> {
    this.#end(call)
    if (answers) this.#answered.add(call.body)
    call.end(answers ? REPLY : new CallFailure('wait', 'oops', { owed: true }))
    while (answers && !call.worker.hasAnswer(call.body)) await turn()
  }

  /** A worker's calls die with it. */
  forget(worker: ModelWorker): void {
    for (const call of this.calls.filter((one) => one.worker === worker)) this.#end(call)
  }

  async close(): Promise<void> {
    for (const group of this.editions) await group.close()
    rmSync(this.folder, { recursive: true })
  }

  #end(call: Call): void {
    const at = this.calls.indexOf(call)
    if (at >= 0) this.calls.splice(at, 1)
  }
}

/** A group. */
export class HandoverModel {
  readonly machine: ModelMachine
  readonly edition: string
  readonly partitions: number
  readonly requests: number
  /** By partition: the requests that are done. */
  readonly done: ReadonlySet<number>[]
  #members: ModelWorker[] = []
  #strangers: ModelWorker[] = []
  #gone: ModelWorker[] = []
  #made = 0

  constructor(machine: ModelMachine, edition: string, partitions: number, requests: number) {
    this.machine = machine
    this.edition = edition
    this.partitions = partitions
    this.requests = requests
    this.done = Array.from({ length: partitions }, () => new Set<number>())
  }

  get isDone(): boolean {
    return this.done.every(({ size }) => size === this.requests)
  }

  get members(): readonly ModelWorker[] {
    return this.#members
  }

  /** Workers the group has given up without their knowing. */
  get strangers(): readonly ModelWorker[] {
    return this.#strangers
  }

  /** Slots that exist, those of other workers of this machine among them. */
  slots(): { name: string; lock: string; journalFolder: string }[] {
    return Array.from({ length: this.#made }, (_, at) => this.placesOf(String(at)))
  }

  placesOf(name: string) {
    const { folder } = this.machine
    const journalFolder = join(folder, 'journal', this.edition, name)
    return { name, lock: join(folder, `${this.edition}.${name}.lock`), journalFolder }
  }

  /** All slots but this one, those of the other editions among them. */
  siblings(own: string) {
    const { lock } = this.placesOf(own)
    return this.machine.editions.flatMap((one) => one.slots()).filter((slot) => slot.lock !== lock)
  }

  /** A worker comes. */
  join(): void {
    this.#members.push(new ModelWorker(String(this.#made++), this))
    this.#askAnew()
  }

  /** A worker leaves; its calls go on. */
  leave(worker: ModelWorker): void {
    worker.leave()
    this.#members = this.#members.filter((member) => member !== worker)
    this.#gone.push(worker)
    this.#askAnew()
  }

  /** The group has not heard of a worker for a session, and goes on without it; its calls go on, too. */
  giveUp(worker: ModelWorker): void {
    worker.loseLease()
    this.#members = this.#members.filter((member) => member !== worker)
    this.#strangers.push(worker)
    this.#askAnew()
  }

  /** It finds out, and joins again. */
  comeBack(worker: ModelWorker): void {
    this.#strangers = this.#strangers.filter((stranger) => stranger !== worker)
    this.#members.push(worker)
    this.#askAnew()
  }

  /** A worker dies, and its calls with it. */
  kill(worker: ModelWorker): void {
    worker.die()
    this.#members = this.#members.filter((member) => member !== worker)
    this.#gone.push(worker)
    this.machine.forget(worker)
    this.#askAnew()
  }

  async close(): Promise<void> {
    for (const worker of [...this.#members, ...this.#strangers, ...this.#gone]) await worker.close()
  }

  /** All members ask, and only then are partitions dealt. */
  #askAnew(): void {
    const claims = this.#members.map((member) => member.askAnew())
    if (claims.length === 0) return
    const shares = deal(claims, this.partitions)
    for (const member of this.#members) member.given = shares.get(member.name)!
  }
}

const REPLY: ChatReply = {
  content: 'B',
  reasoning: null,
  finishReason: 'stop',
  promptTokens: 1,
  completionTokens: 1,
}

/** One of the workers. */
export class ModelWorker {
  readonly name: string
  readonly #model: HandoverModel
  readonly #lock
  readonly #journal
  readonly #handover: Handover
  readonly #asker
  readonly #tasks = new Map<number, AbortController>()
  #generation = NEVER_JOINED
  /** Made when its lease is lost. */
  #renewal: PromiseWithResolvers<void> | null = null
  /** What it was dealt and does not know of yet. */
  given: readonly number[] | null = null

  constructor(name: string, all: HandoverModel) {
    this.name = name
    this.#model = all
    const { lock, journalFolder } = all.placesOf(name)
    this.#lock = acquireLock(lock)!
    const shelves = new JournalShelves(join(all.machine.folder, 'journal'), journalFolder)
    this.#journal = new Journal(name, journalFolder, shelves)
    this.#handover = new Handover({
      clock: { now: systemClock.now, sleep: (_, signal) => sleep(LOOK_MS, undefined, { signal }) },
      log: silentLog,
      folder: journalFolder,
      others: () => all.slots().filter((slot) => slot.name !== name),
      siblings: { arrivals: join(all.machine.folder, 'arrivals'), list: () => all.siblings(name) },
      journal: this.#journal,
    })
    const lab: ChatEndpoint = {
      send: (body, signal) => all.machine.send(this, body, signal!),
      close: async () => {},
    }
    this.#asker = createAsk({
      config: { endpoints: { lab: endpointAt('http://127.0.0.1:1/v1') }, models: { alias: model } },
      endpoints: { lab },
      journal: this.#journal,
      handover: this.#handover,
      clock: hastyClock,
      priorityOf: () => 0,
      leased: () => this.#renewal?.promise ?? null,
    })
  }

  /** It cannot know any more what it owns: it begins no call, and what it was dealt and has not learned of it never does. */
  loseLease(): void {
    this.given = null
    this.#renewal = Promise.withResolvers()
  }

  /** Before it asks to join: its calls are claimed. @returns what it says it owns */
  askAnew(): Claimant {
    // What it was given meanwhile it never learns: others may have it by now.
    if (this.given !== null) this.learn()
    const asked = [...this.#tasks.values()].flatMap(({ signal }) => [...this.#asker.askedUnder(signal)])
    this.#handover.moving(GROUP, asked)
    return { memberId: this.name, generation: this.#generation, owned: [...this.#tasks.keys()] }
  }

  /** It learns what it was given: works on that, and on nothing else. */
  learn(): void {
    const { given } = this
    if (given === null) return
    this.given = null
    this.#generation++
    // Others may have worked on all that it had.
    if (this.#renewal !== null) for (const partition of this.#tasks.keys()) this.#drop(partition)
    const fresh = given.filter((partition) => !this.#tasks.has(partition))
    for (const partition of this.#tasks.keys()) if (!given.includes(partition)) this.#drop(partition)
    this.#handover.settled(GROUP, fresh.length > 0)
    for (const partition of fresh) this.#take(partition)
    this.#renewal?.resolve()
    this.#renewal = null
  }

  leave(): void {
    this.given = null
    void this.#asker.hush(0)
    this.askAnew()
    for (const partition of this.#tasks.keys()) this.#drop(partition)
  }

  die(): void {
    this.#lock.release()
    for (const partition of this.#tasks.keys()) this.#drop(partition)
  }

  /** Whether its journal knows the answer. */
  hasAnswer(body: string): boolean {
    const entries = this.#journal.entriesFrom(0, Number.MAX_SAFE_INTEGER)
    return entries.some(({ status, questionId }) => status === 'answered' && body.includes(`"${questionId}"`))
  }

  async close(): Promise<void> {
    for (const partition of this.#tasks.keys()) this.#drop(partition)
    await this.#asker.close()
    this.#handover.close()
    this.#journal.close()
    this.#lock.release()
  }

  #drop(partition: number): void {
    this.#tasks.get(partition)!.abort(new Error('lost'))
    this.#tasks.delete(partition)
  }

  #take(partition: number): void {
    const { signal } = this.#tasks.set(partition, new AbortController()).get(partition)!
    const ask = this.#asker.withSignal(signal, () => this.#handover.ready(GROUP))
    const done = this.#model.done[partition] as Set<number>
    const numbers = Array.from({ length: this.#model.requests }, (_, number) => number)
    const waiting = numbers.filter((number) => !done.has(number))
    const next = async (): Promise<void> => {
      const number = waiting.shift()
      if (number === undefined) return
      // Some questions are there in every partition, under different ids.
      const questionId =
        number % SHARED === SHARED - 1 ? `request ${number}` : `request ${number} of ${partition}`
      await ask.text(question(questionId, { questionId }))
      if (!signal.aborted) done.add(number)
      return next()
    }
    for (let at = 0; at < AT_ONCE; at++) next().catch(() => {})
  }
}
