import { type AuditOptions, type AuditReport, audit } from '../../../audit/audit.ts'
import type { AuditSource } from '../../../audit/source.ts'
import type { Config } from '../../../config/config.ts'
import type { StructuredAnswer, StructuredRequest, TextRequest } from '../../../models/ask.ts'
import { itemIdOf } from '../../../processors/score-datasets.ts'
import { partitionOf } from '../../../streams/partition.ts'
import { RecordError } from '../../../streams/processor.ts'
import { FakeAsk, promptText, reasoned } from '../../support/fake-ask.ts'
import { intake, scoringConfig } from '../../support/records.ts'
import { TopologyRun } from '../../support/run-topology.ts'
import { TopicLog } from '../../support/topic-log.ts'

/** The paper's configuration: nine samplers, 0-4 wrong are easy, 5-7 medium; everything is scored, the judge controlled. */
export const CONFIG = { ...scoringConfig(), controls: { every: 10, alarmBelow: 0.9, file: null, given: [] } }

/** How many of nine paths of a question are wrong. */
const WRONG: Readonly<Record<string, number>> = {
  easy: 0,
  nearly: 3,
  medium: 6,
  pair: 7,
  escalated: 5,
  hopeless: 6,
  difficult: 8,
  unsolved: 9,
  silent: 0,
  foreign: 1,
  repeat: 1,
  revised: 2,
  withdrawn: 0,
  redriven: 2,
  missing: 0,
  unjudged: 0,
}

const NEVER_MENDED = ['set:escalated', 'set:hopeless']
const NEVER_REWRITTEN = ['set:unsolved', 'set:hopeless']

/** Models that get as many paths wrong as above, and fail where a question's name says so. */
class Models extends FakeAsk {
  readonly #refuses: readonly string[]

  /** @param refuses questions the fourth model does not answer */
  constructor(refuses: readonly string[]) {
    super({
      generate: (request) => {
        const number = numberOf(request)
        const wrong = number <= (WRONG[request.questionId.slice('set:'.length)] ?? 0)
        return `Path ${number}. ${reasoned(wrong ? 'B' : 'A')}`
      },
      refine: ({ questionId }) => reasoned(NEVER_MENDED.includes(questionId) ? 'B' : 'A'),
      regenerate: ({ questionId, try: number }) =>
        reasoned(NEVER_REWRITTEN.includes(questionId) || number === 1 ? 'B' : 'A'),
      control: ({ questionId }) =>
        questionId === 'set:medium' ? 'no verdict' : '{ "verdict": "Correct", "reason": "It holds." }',
      summarize: ({ questionId }) => (questionId === 'set:silent' ? '' : 'In short, A.'),
    })
    this.#refuses = refuses
  }

  override async text(request: TextRequest) {
    const { step, questionId } = request
    if (step === 'generate' && numberOf(request) === 4 && this.#refuses.includes(questionId)) {
      throw new RecordError('refused', 'The endpoint refuses it.')
    }
    return super.text(request)
  }

  override async structured<T>(request: StructuredRequest<T>): Promise<StructuredAnswer<T>> {
    const { step, questionId } = request
    if (step === 'verify' && questionId === 'set:unjudged' && promptText(request).includes('Path 7.')) {
      throw new RecordError('malformed-answer', 'It is no verdict.', 'nonsense')
    }
    return super.structured(request)
  }
}

function numberOf({ model }: TextRequest): number {
  return Number(/^m(\d)-model$/.exec(model.model)?.[1] ?? 0)
}

/** A log in which all that can become of a question has become of one; `missing` and `unjudged` wait. */
export async function consistentLog(): Promise<TopicLog> {
  return (await loggedRun(CONFIG)).log
}

/** Such a log of another configuration, and what the models were asked first. */
export async function loggedRun(
  config: Config,
): Promise<{ log: TopicLog; requests: readonly TextRequest[] }> {
  const log = new TopicLog()
  load(log)
  const run = new TopologyRun(log, config)
  const models = new Models(['set:missing', 'set:redriven'])
  await run.run(models)
  const letter = log.decoded('dead-letters').find(({ questionId }) => questionId === 'set:redriven')
  await run.redrive(new Models([]), letter?.deadLetterId ?? '')
  return { log, requests: models.requests }
}

function load(log: TopicLog): void {
  for (const id of Object.keys(WRONG)) {
    const questionId = `set:${id}`
    const home = partitionOf(questionId, CONFIG.kafka.partitions)
    const loaded = intake({ id, stem: `What of ${id}?` })
    if (id === 'foreign') log.append('intake', 'any key', loaded, (home + 1) % CONFIG.kafka.partitions)
    else log.append('intake', questionId, loaded)
    if (id === 'repeat') log.append('intake', questionId, loaded)
    if (id === 'revised') log.append('intake', questionId, { ...loaded, stem: 'What else?', revise: true })
    if (id === 'withdrawn') log.append('intake', questionId, { ...loaded, kind: 'withdrawn' })
  }
  for (const answer of ['One.', 'Another.']) {
    const item = { dataset: 'theirs', prompt: 'Which one?', answer }
    const itemId = itemIdOf(item)
    log.append('score-intake', itemId, { itemId, ...item })
  }
  log.append('intake', 'set:bad', intake({ id: 'bad', options: [] }))
  log.append('intake', 'set:easy', intake({ id: 'easy', stem: 'Something else under a known id?' }))
}

/** Audits a log. */
export function auditOf(
  log: TopicLog,
  options: Partial<AuditOptions> = {},
  source: Partial<AuditSource> = {},
): Promise<AuditReport> {
  return audit({ config: CONFIG, codec: log.codec, source: log.source(source), ...options })
}
