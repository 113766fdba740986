/**
 * Loaded into every worker with `node --import`: tells the test what it commits, and, when it has been ordered to, hits
 * itself or another process with a signal, with no warning and nothing flushed, at the first moment that counts. The
 * kill is written down before, synchronously, so that every line of the log is a kill.
 */
import { channel } from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'
import type { ClientRequest } from 'node:http'
import {
  type CommittedTransaction,
  recordFinished,
  transactionCommitted,
  transactionSent,
  type WorkerMoment,
} from '../../streams/diagnostics.ts'
import { DEFAULT_TUNING } from '../../streams/worker-tuning.ts'
import { unreadAnswers } from './connections.ts'
import {
  type FromWorker,
  type Kill,
  type KillOrder,
  MIN_CALLS_IN_FLIGHT,
  type ToWorker,
  TUNING,
} from './kill-order.ts'

// A worker that stands still is to be given up in seconds.
Object.assign(DEFAULT_TUNING, JSON.parse(process.env[TUNING] ?? '{}'))

let order: KillOrder | null = null
let isQuiet = false
let isReady = false
let isSending = false
let published = 0
let transactions = 0
let latest: WorkerMoment = { callsInFlight: 0, uncommitted: 0 }

process.on('message', (message: ToWorker) => {
  if ('quiet' in message) {
    isQuiet = message.quiet
    if (!isQuiet) tell({ heard: true })
  } else {
    order = message.order
    isReady = false
  }
})
// Whoever ran the test is gone.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
// The test's word is no reason to stay when all work is done.
process.channel?.unref()

transactionSent.subscribe((message) => {
  isSending = true
  consider('transaction', message as WorkerMoment)
})
recordFinished.subscribe((message) => {
  if (!isSending) consider('finished', message as WorkerMoment)
})
transactionCommitted.subscribe((message) => {
  isSending = false
  transactions++
  const { records } = message as CommittedTransaction
  published += records
  tell({ committed: records })
  consider('committed', message as WorkerMoment)
})

// The moment a request begins its bytes are not on their way yet.
channel('http.client.request.start').subscribe((message) => {
  const { request } = message as { request: ClientRequest }
  const given = order
  if (given?.kind !== 'insert' || !/insert/i.test(decodeURIComponent(request.path))) return
  order = null
  setTimeout(() => strike(given, latest), given.afterMs)
})

/** Obeys the order if this is the moment. */
function consider(kind: KillOrder['kind'], moment: WorkerMoment): void {
  latest = moment
  if (order === null || order.kind !== kind) return
  if (moment.callsInFlight < MIN_CALLS_IN_FLIGHT || moment.uncommitted === 0) return
  if (!order.whenQuiet) strike(order, moment)
  else if (isQuiet) strikeWhenAllIsRead(order, moment)
  else if (!isReady) {
    isReady = true
    tell({ ready: true })
  }
}

/** What has been read in this turn of the event loop is in the journal two turns later, if the moment lasts so long. */
function strikeWhenAllIsRead(given: KillOrder, moment: WorkerMoment): void {
  const [before, sending] = [transactions, isSending]
  setImmediate(() => {
    if (unreadAnswers(given.endpointPort) !== 0) return
    setImmediate(() => {
      const isStill = transactions === before && isSending === sending && isQuiet && order === given
      if (isStill) strike(given, moment)
    })
  })
}

function strike(given: KillOrder, { callsInFlight, uncommitted }: WorkerMoment): void {
  order = null
  const { kind, signal, endpointPort, log, victim } = given
  const age = Math.round(performance.now())
  const unread = unreadAnswers(endpointPort)
  const told: Kill = { kind, signal, callsInFlight, uncommitted, unread, published, age }
  appendFileSync(log, `${JSON.stringify(told)}\n`)
  process.kill(victim ?? process.pid, signal)
}

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message)
}
