import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PLAIN } from '../../../terminal/style.ts'
import { levelCount, validationScreen } from '../../../validate/screen.ts'
import { validate } from '../../../validate/validate.ts'
import { folderWith, initText, QUESTION } from './folder.ts'

/** What `ninefold validate` prints of a folder, its path made short. */
async function printed(folder: string, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const config = join(folder, 'ninefold.yaml')
  const found = await validate({ config, endpoints: false, cluster: false, environment })
  return validationScreen('ninefold.yaml', found, PLAIN).replaceAll(`${folder}/`, '')
}

describe('a sound pipeline', () => {
  it('is told to be, with what it is on one screen', async () => {
    const text = await printed(folderWith({ 'ninefold.yaml': await initText(), 'questions.jsonl': QUESTION }))
    expect(text.replace(/hash [0-9a-f]{32}/, 'hash HASH')).toMatchInlineSnapshot(`
      "✓ config      ninefold.yaml is sound
      ✓ sources     questions.jsonl is there
      ✓ prompts     7 prompts render
      ✓ schemas     21 record schemas and 3 answer shapes compile
      ✓ spending    stops at $5

      pipeline   first, edition main, hash HASH
      questions  questions.jsonl
      endpoints  trial: SIMULATED
      paths      9 a question
                 3 by sim-qwen at temperature 0.7, 0.9, 1
                 3 by sim-huatuo at temperature 0.7, 0.9, 1
                 3 by sim-deepseek at temperature 0.7, 0.9, 1
      roles      verify     sim-verifier
                 rank       sim-verifier
                 refine     sim-mini
                 regenerate sim-strong
                 summarize  sim-mini
      tiers      easy       0-4 of 9 wrong: the best two are kept
                 medium     5-7 wrong: the best two are mended
                 difficult  8-9 wrong: written anew, up to 3 tries, the key shown at the last try
                 missing    wait
      budget     stops at $5
      log        the local stack
      analytics  the local engine

      Nothing is wrong."
    `)
    expect(text.split('\n').length).toBeLessThan(40)
  })

  it('is told which of its prompts are in words of its own', async () => {
    const own = `${await initText()}prompts: { verify: { file: judge.md }, summarize: { text: Be brief. } }\n`
    const files = { 'ninefold.yaml': own, 'questions.jsonl': QUESTION, 'judge.md': 'Judge it.' }
    expect((await printed(folderWith(files))).replaceAll(/\+[0-9a-f]{8}/g, '+DIGITS')).toContain(
      `
prompts    verify      your own words, verify@1+DIGITS
           summarize   your own words, summarize@1+DIGITS
tiers `,
    )
  })
})

describe('what is wrong', () => {
  it('in the file itself is told all at once, each with its place and what to do', async () => {
    const wrong = (await initText())
      .replace('simulated: true', 'simulatd: true')
      .replace('model: verifier, temperature: 0, maxTokens: 1024', 'model: verifyer, temperature: 3')
      .replace('missing: wait', 'missing: never')
      .replace('usd: 5', 'usd: five')
    expect(await printed(folderWith({ 'ninefold.yaml': wrong }))).toMatchInlineSnapshot(`
      "✗ config      ninefold.yaml:17:12: endpoints.trial.simulatd: there is no such key here; did you mean \`simulated\`?
                    Write \`simulated\`, or delete it.  [NF_CONFIG_UNKNOWN_KEY]
      ✗ config      ninefold.yaml:40:20: roles.verify.model: there is no model \`verifyer\` under \`models\`; did you mean \`verifier\`?
                    Known are: qwen, huatuo, deepseek, verifier, mini, strong.  [NF_CONFIG_UNKNOWN_MODEL]
      ✗ config      ninefold.yaml:40:43: roles.verify.temperature: expected at most 2, found 3
                    What belongs there: 0 to 2, or null = not sent; default: the model's own.  [NF_CONFIG_VALUE]
      ✗ config      ninefold.yaml:49:70: triage.missing: expected one of wait, countAsError, tierOnRest, found "never"
                    What belongs there: What a path without a verdict means: wait, countAsError or tierOnRest; default wait.  [NF_CONFIG_VALUE]
      ✗ config      ninefold.yaml:55:16: budget.usd: expected a number, found "five"
                    What belongs there: Spending on the edition stops here, in USD; default: no limit.  [NF_CONFIG_VALUE]

      5 errors, 0 warnings. The rest is looked at once the configuration can be read."
    `)
  })

  it('around it is told all at once, too', async () => {
    const text = (await initText({ endpoint: 'openai', budget: '5' })).replace(
      ', maxTokens: 2048 } # writes',
      ' } # writes',
    )
    expect(
      await printed(folderWith({ 'ninefold.yaml': text })).then((all) => all.split('\n\n')[0]),
    ).toMatchInlineSnapshot(`
      "✓ config      ninefold.yaml is sound
      ✗ environment endpoints.openai.apiKeyEnv: the environment variable OPENAI_API_KEY is not set
                    Set it, or write OPENAI_API_KEY=... into a file .env beside the configuration.  [NF_SECRET_MISSING]
      ✗ sources     questions.jsonl cannot be read: there is no such file or folder
                    Check the path and its permissions.  [NF_SOURCE_UNREADABLE]
      ✓ prompts     7 prompts render
      ✓ schemas     21 record schemas and 3 answer shapes compile
      ✓ spending    stops at $5
      ! spending    no maxTokens for summarize: each call sets aside the price of 16,384 tokens of the budget
                    Write \`maxTokens\` there, near to the longest answer you want."
    `)
  })

  it('counts as no error where it will run, but perhaps not as meant', async () => {
    const text = (await initText({ endpoint: 'openrouter', budget: '' })).replace(
      '- { path: questions.jsonl }',
      '[]',
    )
    const all = await printed(folderWith({ 'ninefold.yaml': text }), { OPENROUTER_API_KEY: 'sk-1' })
    expect(all).toMatch(/! sources {5}no question files are named/)
    expect(all).toMatch(/! spending {4}the price of \S+, \S+, \S+, \S+ is unknown/)
    expect(all).toMatch(/! spending {4}there is no limit/)
    expect(all).toContain('Nothing keeps it from running; 3 warnings.')
    expect(all).not.toContain('sk-1')
  })

  it('may be that there is no configuration', async () => {
    const found = await validate({ config: '/nowhere/ninefold.yaml', endpoints: false, cluster: false })
    expect(found.summary).toBeNull()
    expect(found.findings).toEqual([
      expect.objectContaining({ level: 'error', code: 'NF_CONFIG_NOT_READABLE' }),
    ])
  })
})

describe('secrets', () => {
  it('are looked for wherever the configuration names a variable or a file', async () => {
    const text = (await initText())
      .replace(
        'trial: { simulated: true, maxConcurrency: 64 }',
        'trial: { baseURL: "http://127.0.0.1:1/v1", headers: { x-key: { env: LAB_KEY } } }',
      )
      .concat(
        'kafka: { brokers: ["k:9092"], sasl: { mechanism: plain, username: me, passwordFile: secret } }\n',
        'registry: { url: "http://r:1", username: me, passwordEnv: REGISTRY_KEY }\n',
        'clickhouse: { url: "http://c:1", passwordEnv: CLICKHOUSE_KEY }\n',
      )
    const folder = folderWith({ 'ninefold.yaml': text, 'questions.jsonl': QUESTION })
    const environment = { LAB_KEY: 'very-secret', CLICKHOUSE_KEY: ' ' }
    const { findings } = await validate({
      config: join(folder, 'ninefold.yaml'),
      endpoints: false,
      cluster: false,
      environment,
    })
    const told = findings.filter(({ check }) => check === 'environment')
    expect(
      told.map(({ level, what }) => `${level} ${what.replaceAll(`${folder}/`, '')}`),
    ).toMatchInlineSnapshot(`
      [
        "ok endpoints.trial.headers.x-key: the environment variable LAB_KEY is set",
        "error kafka.sasl.password: secret cannot be read (ENOENT)",
        "error registry.password: the environment variable REGISTRY_KEY is not set",
        "error clickhouse.passwordEnv: the environment variable CLICKHOUSE_KEY is not set",
      ]
    `)
    expect(JSON.stringify(findings)).not.toContain('very-secret')
    expect(levelCount(findings, 'error')).toBe(3)
  })
})
