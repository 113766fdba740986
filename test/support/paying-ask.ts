import type { Answer, Ask, StructuredAnswer, StructuredRequest, TextRequest } from '../../models/ask.ts'
import type { TopicLog } from './topic-log.ts'

/** Asks another one, and writes what was paid for into the log; an equal request is paid once. */
export class PayingAsk implements Ask {
  readonly #ask: Ask
  readonly #log: TopicLog
  readonly #paid: Set<string>

  constructor(ask: Ask, log: TopicLog) {
    this.#ask = ask
    this.#log = log
    this.#paid = new Set(log.decoded('completions').map(({ requestHash }) => requestHash))
  }

  async text(request: TextRequest): Promise<Answer> {
    const answer = await this.#ask.text(request)
    this.#pay(request, answer.requestHash)
    return answer
  }

  async structured<T>(request: StructuredRequest<T>): Promise<StructuredAnswer<T>> {
    const answer = await this.#ask.structured(request)
    for (const requestHash of answer.requestHashes) this.#pay(request, requestHash)
    return answer
  }

  #pay({ step, questionId, model }: TextRequest, requestHash: string): void {
    if (this.#paid.has(requestHash)) return
    const sequence = this.#paid.size
    this.#paid.add(requestHash)
    this.#log.append('completions', questionId, {
      paymentId: `main-machine-0/${sequence}`,
      journal: 'main-machine-0',
      sequence,
      requestHash,
      step,
      questionId,
      model: model.model,
      endpoint: model.endpoints.join(', '),
      status: 'answered',
      reasoning: '',
      text: '',
      finishReason: 'stop',
      promptTokens: 1,
      completionTokens: 1,
      costNanoUsd: null,
      atMostNanoUsd: null,
      startedAt: 0,
      durationMs: 1,
      attempt: 1,
      turnedAway: 0,
      error: null,
    })
  }
}
