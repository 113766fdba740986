/**
 * A worker: all selected steps in one process. One consumer a step, one committer for all of them, one journal.
 * Any number of workers, on any number of machines, share the work by joining the same groups.
 *
 *   start  takes a slot, fences its predecessor, joins the groups
 *   drain  waits until the selected groups have reached the ends of their topics
 *   stop   takes nothing new in, gives calls a grace to end, commits, leaves
 */
import { mkdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { NinefoldError } from '../errors.ts'
import { type Asker, createAsk, type EndpointActivity, paidBy } from '../models/asker.ts'
import type { Budget } from '../models/budget.ts'
import type { Spending } from '../models/budget-store.ts'
import { systemClock } from '../models/clock.ts'
import { type EndpointWait, EndpointWaits } from '../models/endpoint-waits.ts'
import type { StepHalted } from '../models/errors.ts'
import type { Handover } from '../models/handover.ts'
import { Journal, JournalShelves } from '../models/journal.ts'
import { topicsOf } from '../plugins/topics.ts'
import { groupName } from '../schemas/topic-names.ts'
import type { TopicName } from '../schemas/topics.ts'
import { DiskFault } from '../stack/disk-fault.ts'
import { Room } from '../stack/room.ts'
import { Committer } from './committer.ts'
import { recordFinished, transactionCommitted, transactionSent } from './diagnostics.ts'
import { DrainCheck } from './drain-check.ts'
import { commitLast } from './last-commit.ts'
import { LeftJournals } from './left-journals.ts'
import { LetterBreakers } from './letter-breakers.ts'
import { negativeControls } from './negative-controls.ts'
import { openBudget } from './open-budget.ts'
import { openHandover } from './open-handover.ts'
import type { AnyProcessor } from './processor.ts'
import { RecordCodec } from './record-codec.ts'
import { type Slot, slotNames, slotPlaces, takeSlot } from './slot.ts'
import { StateDatabase } from './state-store.ts'
import { StepGroups } from './step-groups.ts'
import { TopicReader } from './transport/reader.ts'
import type { WorkerIdentity } from './transport/sticky-assigner.ts'
import { TransactionalProducer } from './transport/transaction.ts'
import { unreadableTo } from './unreadable.ts'
import { type StepCounts, WorkerCounters } from './worker-counters.ts'
import { workerFault } from './worker-fault.ts'
import type { WorkerHealth } from './worker-health.ts'
import type { WorkerOptions } from './worker-options.ts'
import { DEFAULT_TUNING, type WorkerTuning } from './worker-tuning.ts'

/** Long enough for an answer that is in the journal to become a finished record. */
const SETTLE_MS = 20

/** What a step does now, and has done since its worker was started. */
export interface StepActivity extends StepCounts {
  readonly processor: AnyProcessor
  /** Records it works on. */
  readonly working: number
  /** Entries of its memory that wait for further records: of `triage` the questions that are open. */
  readonly unsettled: number
  /** Why it cannot go on; null when it can. */
  readonly halted: StepHalted | null
}

/** A running worker. */
export class Worker {
  readonly #options: WorkerOptions
  readonly #tuning: WorkerTuning
  readonly #slot: Slot
  readonly #room: Room
  readonly #journal: Journal
  readonly #budget: Budget | null
  readonly #state: StateDatabase
  readonly #handover: Handover
  readonly #asker: Asker
  readonly #reader: TopicReader
  readonly #codec: RecordCodec
  readonly #committer: Committer
  readonly #leftJournals: LeftJournals
  readonly #breakers: LetterBreakers
  readonly #groups: StepGroups
  readonly #drainCheck: DrainCheck
  readonly #counters: WorkerCounters
  readonly #waits = new EndpointWaits()
  readonly #startedAt = Date.now()
  /** Aborted when nothing is waited for any more. */
  readonly #ended = new AbortController()
  #stopping = false
  #failure: NinefoldError | null = null

  private constructor(options: WorkerOptions, slot: Slot, budget: Budget | null) {
    const { config, client, log, codec, fullName, processors } = options
    this.#options = options
    this.#tuning = { ...DEFAULT_TUNING, ...options.tuning }
    this.#slot = slot
    this.#counters = new WorkerCounters(fullName('dead-letters'))
    const { journal, journalFolder } = slotPlaces(config, slot.name)
    const shelves = new JournalShelves(join(config.dataDir, 'journal'), journalFolder)
    this.#room = new Room((fault) => this.#roomChanged(fault))
    const stir = (): void => this.#committer.stir()
    this.#journal = new Journal(journal, journalFolder, shelves, stir, this.#room)
    this.#budget = budget
    this.#state = new StateDatabase(join(slot.folder, 'state.db'), this.#room)
    this.#handover = openHandover(config, slot, this.#journal, log)
    const order = new Map(processors.map(({ step }, index) => [step, index]))
    this.#asker = createAsk({
      config,
      journal: this.#journal,
      room: this.#room,
      handover: this.#handover,
      budget,
      clock: systemClock,
      priorityOf: (step) => order.get(step) ?? 0,
      leased: (step) => this.#groups.leased(step),
      onWait: (wait) => this.#waits.add(wait, performance.now()),
      onCall: (payer, call) => this.#counters.called(payer, call),
      onEnded: options.onCallEnded,
    })
    this.#reader = new TopicReader(client, this.#ended.signal)
    this.#codec = new RecordCodec(
      codec,
      fullName,
      topicsOf(config),
      config.kafka.partitions,
      options.registry,
    )
    const { transactionalId, journalGroup } = slotNames(config, slot.name)
    this.#committer = new Committer({
      openProducer: (signal) => TransactionalProducer.open(client, transactionalId, signal),
      reader: this.#reader,
      codec: this.#codec,
      journal: this.#journal,
      room: this.#room,
      log,
      journalGroup,
      completionsTopic: fullName('completions'),
      tickMs: this.#tuning.tickMs,
      membershipOf: (groupId) => this.#groups.membershipOf(groupId),
      tasks: () => this.#groups.tasks(),
      fenced: (groupId, membership) => this.#groups.leaveGeneration(groupId, membership),
      sent: () => this.#tell(transactionSent),
      committed: ({ results, ...transaction }) => {
        this.#counters.committed(results)
        options.onCommitted?.(transaction)
        this.#tell(transactionCommitted, transaction)
      },
    })
    this.#leftJournals = new LeftJournals({
      config,
      slot: slot.name,
      client,
      reader: this.#reader,
      codec: this.#codec,
      completionsTopic: fullName('completions'),
      log,
      ended: this.#ended.signal,
    })
    this.#breakers = new LetterBreakers({
      limits: config.deadLetters,
      reader: this.#reader,
      topic: fullName('dead-letters'),
      log,
      openProducer: (id) => TransactionalProducer.open(client, id, this.#ended.signal),
    })
    this.#groups = this.#newGroups()
    this.#drainCheck = new DrainCheck({
      reader: this.#reader,
      groups: this.#groups,
      partitions: config.kafka.partitions,
      isQuiet: () => this.#isQuiet(),
    })
  }

  /** Takes a slot, fences what ran in it, and joins the groups of all steps. */
  static async start(options: WorkerOptions): Promise<Worker> {
    const { config, log } = options
    mkdirSync(config.dataDir, { recursive: true })
    const slot = takeSlot(config, await options.client.clusterId())
    for (const control of negativeControls())
      log.error({ control }, 'runs WITHOUT a safeguard, to test the tests')
    const worker = new Worker(options, slot, await openBudget(config, slot, options.runLimitUsd))
    await worker.#committer.open()
    worker.#committer.run().catch((error) => worker.#fail(error, 'committing'))
    await worker.#groups.start()
    worker.#leftJournals.start()
    log.info({ slot: slot.name, steps: options.processors.map(({ step }) => step) }, 'a worker has started')
    return worker
  }

  /** The slot's name, unique among this machine's workers. */
  get slot(): string {
    return this.#slot.name
  }

  /** What its calls have cost since it was started, and may cost still; null where nothing limits it. */
  get spentInRun(): Spending | null {
    return this.#budget?.run ?? null
  }

  /** Calls to models under way. */
  get callsInFlight(): number {
    return this.#asker.inFlight()
  }

  /** What each step does now and has done since the start. */
  activity(): StepActivity[] {
    return this.#groups.all.map(({ processor, working, unsettled, halted }) => ({
      processor,
      ...this.#counters.of(processor.step),
      working,
      unsettled,
      halted,
    }))
  }

  /** What each endpoint is asked now. */
  endpoints(): EndpointActivity[] {
    return this.#asker.endpoints()
  }

  /** Its journal: the folder, how many entries were ever made, and how many are not among the completions yet. */
  get journal(): { readonly folder: string; readonly entries: number; readonly unpublished: number } {
    const { journalFolder: folder } = slotPlaces(this.#options.config, this.#slot.name)
    return { folder, entries: this.#journal.end, unpublished: this.#committer.unpublished }
  }

  /**
   * How many records this worker has written to a topic since the start, with one step or all; what stands in for failed
   * ones is left out.
   */
  written(topic: TopicName, step?: string): number {
    return this.#counters.written(this.#options.fullName(topic), step)
  }

  /** Endpoints that keep calls waiting now. */
  waits(): EndpointWait[] {
    return this.#waits.at(performance.now())
  }

  /** What keeps everything waiting until there is room on the disk; null when there is. */
  outOfRoom(): DiskFault | null {
    return this.#room.fault
  }

  /** Steps that had to leave records unfinished: an endpoint refuses the key, or the budget is reached. */
  get halted(): { step: string; error: StepHalted }[] {
    return this.#groups.all.flatMap(({ processor, halted }) =>
      halted === null ? [] : [{ step: processor.step, error: halted }],
    )
  }

  /**
   * Whether all selected steps have worked off their topics, whoever did the work: every group's committed
   * progress stands at the end of its topics, and no transaction on them is open. Of a step that was halted only
   * what this worker could still do is waited for. What dead workers of this machine have paid for is told by then.
   */
  async isDrained(): Promise<boolean> {
    return (await this.#drainCheck.isDrained()) && !(await this.#leftJournals.publish())
  }

  /** How it is, for whoever looks after it. */
  health(): WorkerHealth {
    return {
      alive: this.#failure === null && !this.#stopping,
      failure: this.#failure?.message ?? null,
      kafkaAway: this.#options.client.watch.away,
      registryAway: this.#options.registry?.now ?? null,
      groups: this.#groups.all.map(({ health }) => health),
    }
  }

  /** Whether this worker has nothing left that it could do on its own partitions, and has committed all it did. */
  isAtRest(): Promise<boolean> {
    return this.#drainCheck.isAtRest()
  }

  /**
   * Stops. No call begins any more; those under way have the grace to end, for they are paid for. Where other workers
   * share the work they go on with the partitions at once, and those of this machine wait for the answers; otherwise
   * what the calls gave is committed here. What has not come by then is given up.
   * @returns how many calls were given up: what their models answer all the same is paid for, and asked again
   * @throws {DiskFault} when the disk was full to the end, and answers could not be kept
   */
  async stop(graceMs = this.#tuning.graceMs): Promise<number> {
    const { log } = this.#options
    this.#stopping = true
    for (const task of this.#groups.tasks()) task.stopTaking()
    const ended = this.#asker.hush(graceMs)
    await this.#groups.leaveToOthers(ended, () => this.#committer.idle)
    const givenUp = await ended
    // What has found no room by now finds none.
    this.#room.close()
    await this.#settled()
    await commitLast(this.#committer, this.#options.client.watch, log)
    // Only now are the remaining calls given up: an aborted call must not look like a failed record.
    for (const task of this.#groups.tasks()) task.close()
    await this.#asker.close()
    this.#handover.close()
    this.#ended.abort(new Error('the worker has stopped'))
    await this.#groups.stop()
    await this.#leftJournals.stop()
    await this.#breakers.settled()
    this.#budget?.close()
    this.#journal.close()
    this.#state.close()
    this.#slot.release()
    log.info({ slot: this.#slot.name, givenUp }, 'a worker has stopped')
    if (this.#room.fault !== null) throw withLost(this.#room.fault, this.#journal.lost)
    return givenUp
  }

  /** @param place which part of it could not go on */
  #fail(error: unknown, place: string): void {
    // What goes wrong while it stops is told by `stop`.
    if (this.#stopping) return
    const fault = workerFault(error, place)
    this.#failure ??= fault
    this.#options.log.error({ code: fault.code, cause: String(fault.cause ?? '') }, fault.message)
    this.#options.failed(fault)
  }

  #roomChanged(fault: DiskFault | null): void {
    const { log } = this.#options
    if (fault === null) log.info({}, 'there is room on the disk again')
    else log.error({ code: fault.code }, `${fault.message}: nothing is asked until there is room`)
  }

  /** Until answers that have come are worked in: what still works after that waits for an answer that will not come. */
  async #settled(): Promise<void> {
    for (let before = Number.POSITIVE_INFINITY; ; ) {
      const { working } = this.#groups
      if (working === 0 || working >= before) return
      before = working
      await sleep(SETTLE_MS)
    }
  }

  #newGroups(): StepGroups {
    const { config, processors, client, fullName, log } = this.#options
    const [reader, codec, database, breakers] = [this.#reader, this.#codec, this.#state, this.#breakers]
    return new StepGroups(processors, ({ step }) => groupName(config, step), {
      client,
      tuning: this.#tuning,
      identity: this.#identity,
      log,
      fullName,
      opening: { reader, codec, database, fullName, breakers, unreadable: unreadableTo(log) },
      services: {
        config,
        codec,
        partitions: config.kafka.partitions,
        window: this.#tuning.window,
        fullName,
        finished: (result) => {
          this.#committer.add(result)
          this.#tell(recordFinished)
        },
        behind: () => this.#committer.behind,
        progressed: () => this.#committer.stir(),
        failed: (error) => this.#fail(error, 'a step'),
      },
      handover: this.#handover,
      askFor: (signal, step, ready) => paidBy(this.#asker.withSignal(signal, ready), step),
      askedUnder: (signal) => this.#asker.askedUnder(signal),
      fetched: (step, chunk) => this.#counters.fetched(step, chunk),
      stir: () => this.#committer.stir(),
    })
  }

  /** Nothing is under way, and all that was done is committed. */
  #isQuiet(): boolean {
    const idle = this.#committer.idle && this.#asker.pending() === 0
    return idle && ![...this.#groups.tasks()].some(({ busy }) => busy)
  }

  /** What whoever looks at the groups is told of this process. */
  get #identity(): WorkerIdentity {
    return { slot: this.#slot.name, host: hostname(), pid: process.pid, startedAt: this.#startedAt }
  }

  #tell(channel: typeof transactionSent, facts: object = {}): void {
    if (!channel.hasSubscribers) return
    const moment = { callsInFlight: this.callsInFlight, uncommitted: this.#committer.uncommitted }
    channel.publish({ ...moment, ...facts })
  }
}

/** The fault, with what it has cost. */
function withLost(fault: DiskFault, answers: number): DiskFault {
  if (answers === 0) return fault
  const told = `${fault.message}; ${answers} calls could not be written down any more: they will be made, and paid, again`
  return new DiskFault(fault.code, told, fault.remedy, { cause: fault })
}
