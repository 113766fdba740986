/** Every metric of a worker: what is registered, and what docs/monitoring.md lists. */

/** One metric; Prometheus' base units: seconds, bytes, USD. */
export interface MetricDefinition {
  readonly name: `ninefold_${string}`
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** What it means, in a sentence. */
  readonly help: string
  /** What is counted or measured. */
  readonly unit: string
  /** Beside `pipeline` and `edition`, which all have. */
  readonly labels: readonly string[]
  /** Upper bounds, of a histogram. */
  readonly buckets?: readonly number[]
}

/** A model may answer at once, or think for ten minutes, the usual time-out. */
const CALL_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640]
/** Commits take milliseconds; a broker that is taken away makes them last up to a minute. */
const COMMIT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

const CALL_LABELS = ['endpoint', 'model', 'role'] as const

/** All of them, by the name the code knows them by. */
export const METRICS = {
  info: {
    name: 'ninefold_worker_info',
    type: 'gauge',
    help: 'Always 1; says which worker this is, and the version it runs.',
    unit: 'none',
    labels: ['worker', 'version'],
  },
  ready: {
    name: 'ninefold_worker_ready',
    type: 'gauge',
    help: '1 while the worker can work, else 0: what /readyz says.',
    unit: 'none',
    labels: [],
  },
  lag: {
    name: 'ninefold_lag_offsets',
    type: 'gauge',
    help: "Offsets between what a step's group has finished and the end of the topic, all of its workers together.",
    unit: 'offsets',
    labels: ['step', 'topic'],
  },
  lagRead: {
    name: 'ninefold_lag_read_timestamp_seconds',
    type: 'gauge',
    help: 'When the lag was last read from the broker; it is left out when that is longer ago than a minute.',
    unit: 'seconds since 1970',
    labels: [],
  },
  inFlight: {
    name: 'ninefold_records_in_flight',
    type: 'gauge',
    help: 'Records this worker works on.',
    unit: 'records',
    labels: ['step'],
  },
  waiting: {
    name: 'ninefold_waiting_questions',
    type: 'gauge',
    help: 'Questions open in triage, waiting for further verdicts, in the partitions of this worker.',
    unit: 'questions',
    labels: [],
  },
  halted: {
    name: 'ninefold_step_halted',
    type: 'gauge',
    help: '1 while a step leaves records unfinished: its key is refused, the budget is reached, or nearly everything failed; else 0.',
    unit: 'none',
    labels: ['step'],
  },
  restarts: {
    name: 'ninefold_consumer_restarts_total',
    type: 'counter',
    help: 'How often a consumer had to join its group again, for it had crashed or fallen silent.',
    unit: 'restarts',
    labels: ['step'],
  },
  processed: {
    name: 'ninefold_records_processed_total',
    type: 'counter',
    help: 'Records this worker has worked off, those that failed for good among them.',
    unit: 'records',
    labels: ['step'],
  },
  deadLetters: {
    name: 'ninefold_dead_letters_total',
    type: 'counter',
    help: 'Records this worker has made dead letters of.',
    unit: 'records',
    labels: ['step', 'class'],
  },
  written: {
    name: 'ninefold_records_written_total',
    type: 'counter',
    help: 'Records this worker has written to a topic; topic="unsolved" counts the unsolved questions.',
    unit: 'records',
    labels: ['topic'],
  },
  calls: {
    name: 'ninefold_calls_total',
    type: 'counter',
    help: 'Calls to models that have ended, by outcome: answered, rate_limited (429), unreachable, refused, aborted, failed.',
    unit: 'calls',
    labels: [...CALL_LABELS, 'outcome'],
  },
  retries: {
    name: 'ninefold_call_retries_total',
    type: 'counter',
    help: 'Calls that repeated a request which had failed before.',
    unit: 'calls',
    labels: CALL_LABELS,
  },
  callDuration: {
    name: 'ninefold_call_duration_seconds',
    type: 'histogram',
    help: 'How long calls that were answered took.',
    unit: 'seconds',
    labels: CALL_LABELS,
    buckets: CALL_BUCKETS,
  },
  tokens: {
    name: 'ninefold_tokens_total',
    type: 'counter',
    help: 'Tokens as endpoints report them: direction="input" was read, direction="output" was written.',
    unit: 'tokens',
    labels: [...CALL_LABELS, 'direction'],
  },
  cost: {
    name: 'ninefold_cost_usd_total',
    type: 'counter',
    help: 'What answered calls cost, by the prices of the configuration.',
    unit: 'USD',
    labels: CALL_LABELS,
  },
  unpriced: {
    name: 'ninefold_calls_of_unknown_cost_total',
    type: 'counter',
    help: 'Calls whose cost nobody knows, and that `ninefold_cost_usd_total` leaves out: no price, no usage, no answer.',
    unit: 'calls',
    labels: CALL_LABELS,
  },
  endpointInFlight: {
    name: 'ninefold_endpoint_calls_in_flight',
    type: 'gauge',
    help: 'Calls under way at an endpoint.',
    unit: 'calls',
    labels: ['endpoint'],
  },
  endpointLimit: {
    name: 'ninefold_endpoint_concurrency_limit',
    type: 'gauge',
    help: 'How many calls may be under way at an endpoint now: it grows while all is well, and shrinks on 429.',
    unit: 'calls',
    labels: ['endpoint'],
  },
  endpointMost: {
    name: 'ninefold_endpoint_concurrency_max',
    type: 'gauge',
    help: "How many calls the limit may grow to: this process' part of the endpoint's maxConcurrency.",
    unit: 'calls',
    labels: ['endpoint'],
  },
  endpointPaused: {
    name: 'ninefold_endpoint_pause_seconds',
    type: 'gauge',
    help: 'For how long from now no call starts at an endpoint, for it asked for that or fails; 0 when calls may start.',
    unit: 'seconds',
    labels: ['endpoint'],
  },
  endpointWaiting: {
    name: 'ninefold_endpoint_waiting',
    type: 'gauge',
    help: '1 while calls that failed at an endpoint wait for a second or longer to be sent again, else 0.',
    unit: 'none',
    labels: ['endpoint'],
  },
  transactions: {
    name: 'ninefold_transactions_total',
    type: 'counter',
    help: 'Transactions that have committed.',
    unit: 'transactions',
    labels: [],
  },
  transactionRecords: {
    name: 'ninefold_transaction_records_total',
    type: 'counter',
    help: 'Records of transactions that have committed, completions and states among them.',
    unit: 'records',
    labels: [],
  },
  commitDuration: {
    name: 'ninefold_commit_duration_seconds',
    type: 'histogram',
    help: "How long transactions took, from the first request to the coordinator's word that they have ended.",
    unit: 'seconds',
    labels: [],
    buckets: COMMIT_BUCKETS,
  },
  journalEntries: {
    name: 'ninefold_journal_entries',
    type: 'gauge',
    help: 'Calls this worker and its predecessors in the slot have written into the journal.',
    unit: 'calls',
    labels: [],
  },
  journalUnpublished: {
    name: 'ninefold_journal_unpublished_entries',
    type: 'gauge',
    help: 'Entries of the journal that are not in topic completions yet.',
    unit: 'calls',
    labels: [],
  },
  journalBytes: {
    name: 'ninefold_journal_bytes',
    type: 'gauge',
    help: 'What the journal takes on the disk, its write-ahead log included.',
    unit: 'bytes',
    labels: [],
  },
  budgetSpent: {
    name: 'ninefold_budget_spent_usd',
    type: 'gauge',
    help: 'What was spent of a limit, as this machine knows it: limit="edition" is `budget.usd`, others are of roles.',
    unit: 'USD',
    labels: ['limit'],
  },
  budgetReserved: {
    name: 'ninefold_budget_reserved_usd',
    type: 'gauge',
    help: 'What is set aside for calls under way, of all workers of this machine.',
    unit: 'USD',
    labels: ['limit'],
  },
  budgetLimit: {
    name: 'ninefold_budget_limit_usd',
    type: 'gauge',
    help: 'What may be spent.',
    unit: 'USD',
    labels: ['limit'],
  },
  controlsShown: {
    name: 'ninefold_judge_controls',
    type: 'gauge',
    help: 'Known-wrong (expected="Error") and known-right (expected="Correct") paths among the last 100 that were put before the judge.',
    unit: 'controls',
    labels: ['verifier', 'expected'],
  },
  controlsRight: {
    name: 'ninefold_judge_controls_right_ratio',
    type: 'gauge',
    help: 'Share of these that the judge called what they are.',
    unit: 'ratio',
    labels: ['verifier', 'expected'],
  },
  controlsAlarm: {
    name: 'ninefold_judge_controls_alarm',
    type: 'gauge',
    help: '1 while that share is below `verify.controls.alarmBelow`, of 20 controls at least; else 0.',
    unit: 'none',
    labels: ['verifier', 'expected'],
  },
  sinkUp: {
    name: 'ninefold_sink_up',
    type: 'gauge',
    help: '1 while ClickHouse answers, 0 while the sink waits for it; only where this worker runs the sink.',
    unit: 'none',
    labels: [],
  },
  sinkRows: {
    name: 'ninefold_sink_rows_total',
    type: 'counter',
    help: 'Records this worker has brought into ClickHouse.',
    unit: 'records',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>

/** What the code calls a metric. */
export type MetricKey = keyof typeof METRICS
