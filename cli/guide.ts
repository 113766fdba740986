/** What each command's help ends with: an example to copy, and what comes next. */
import type { Command } from 'commander'

/** A command's example and the command after it. */
export interface Guide {
  readonly example: string
  /** null where it stands alone. */
  readonly next: string | null
}

/** By the command's words, e.g. `dead-letters list`. A command whose own commands are listed here needs none. */
export const GUIDES: Readonly<Record<string, Guide>> = {
  init: { example: 'ninefold init --yes', next: 'ninefold preview   what it will ask, and what that takes' },
  validate: {
    example: 'ninefold validate --endpoints',
    next: 'ninefold preview   what it will ask, and what that takes',
  },
  preview: { example: 'ninefold preview -n 2 --run', next: 'ninefold run --until-drained   all questions' },
  demo: { example: 'ninefold demo', next: 'ninefold init   a folder of your own' },
  load: {
    example: 'ninefold load questions.jsonl.gz --source medqa',
    next: 'ninefold run --until-drained   works on them',
  },
  serve: {
    example: 'ninefold serve --port 8080 --token-env NINEFOLD_TOKEN',
    next: 'curl -H "Authorization: Bearer $NINEFOLD_TOKEN" --data-binary @questions.jsonl localhost:8080/questions',
  },
  withdraw: {
    example: 'ninefold withdraw medqa:0042 medqa:0043',
    next: 'ninefold run --until-drained   withdraws their records',
  },
  run: { example: 'ninefold run --until-drained', next: 'ninefold export   writes the datasets' },
  export: {
    example: 'ninefold export --out ./datasets --shape cot,reason',
    next: 'ninefold audit   proves that nothing is missing from it',
  },
  push: {
    example: 'ninefold push ./dataset --repo someone/reasonmed --private',
    next: 'load_dataset("someone/reasonmed", "cotmed") in Python',
  },
  replay: {
    example: 'ninefold replay --edition strict --from verdicts --set triage.easy.maxErrors=3',
    next: 'ninefold editions diff main strict   what that changed',
  },
  'editions list': { example: 'ninefold editions list', next: 'ninefold editions diff main strict' },
  'editions show': {
    example: 'ninefold editions show strict',
    next: 'ninefold editions diff main strict   what it made of the same questions',
  },
  'editions diff': {
    example: 'ninefold editions diff main strict',
    next: 'ninefold export --edition strict   the one you like better',
  },
  'editions drop': { example: 'ninefold editions drop strict', next: 'ninefold editions list' },
  batches: {
    example: 'ninefold batches',
    next: 'ninefold batches medqa-20260304T050607Z   one of them in full',
  },
  topics: { example: 'ninefold topics', next: 'ninefold batches   the same in questions' },
  show: {
    example: 'ninefold show medqa:0042 --full',
    next: 'ninefold dead-letters list   what failed, of all questions',
  },
  'dead-letters list': {
    example: 'ninefold dead-letters list --step verify --since 2h',
    next: 'ninefold dead-letters show <id>   all about one of them',
  },
  'dead-letters show': {
    example: 'ninefold dead-letters show 2abe7807 --full',
    next: 'ninefold dead-letters redrive --id <id>   has it tried again',
  },
  'dead-letters dismiss': {
    example: 'ninefold dead-letters dismiss --class undecodable --why "a test wrote them"',
    next: 'ninefold audit   still tells of them',
  },
  'dead-letters redrive': {
    example: 'ninefold dead-letters redrive --class malformed-answer --dry-run',
    next: 'ninefold run --until-drained   follows the orders',
  },
  unsolved: { example: 'ninefold unsolved', next: 'ninefold show <question id>   how it came to that' },
  sql: {
    example: 'ninefold sql "SELECT tier, count() FROM records GROUP BY tier"',
    next: 'ninefold sql "SHOW TABLES"   what else there is',
  },
  report: {
    example: 'ninefold report --html report.html',
    next: 'ninefold sql "SELECT * FROM spending"   the views it is made of, asked in your own words',
  },
  score: {
    example: 'ninefold score theirs.parquet --name theirs --sample 1000 --seed 7',
    next: 'ninefold score export/reasonmed.jsonl --name ours --sample 1000 --seed 7   this dataset beside it',
  },
  audit: { example: 'ninefold audit --json', next: null },
  topology: { example: 'ninefold topology --mermaid', next: null },
  read: { example: 'ninefold read verdicts --limit 5', next: null },
  up: { example: 'ninefold up', next: 'ninefold status   where it runs' },
  down: { example: 'ninefold down', next: 'ninefold up   starts it again, with all its data' },
  status: { example: 'ninefold status --json', next: null },
  'archive create': {
    example: 'ninefold archive create --out /backup/reasonmed',
    next: 'ninefold archive load /backup/reasonmed   into another cluster',
  },
  'archive load': {
    example: 'ninefold archive load /backup/reasonmed -c elsewhere.yaml',
    next: 'ninefold run --until-drained   goes on where it stood',
  },
  'analytics rebuild': { example: 'ninefold analytics rebuild', next: null },
  'analytics access': {
    example: 'export CLICKHOUSE_PASSWORD=$(ninefold analytics access --token)',
    next: 'ninefold sql "SHOW TABLES"   what there is to be asked',
  },
  simulate: {
    example: 'ninefold simulate --questions questions.jsonl --port 18090',
    next: 'set an endpoint of ninefold.yaml to baseURL: "http://127.0.0.1:18090/v1"',
  },
  completion: { example: 'source <(ninefold completion bash)', next: null },
  help: { example: 'ninefold help exit-codes', next: null },
}

/** Adds its guide to every command. */
export function addGuide(program: Command): void {
  for (const command of leaves(program)) {
    const guide = GUIDES[wordsOf(command)]
    if (guide !== undefined) command.addHelpText('after', textOf(guide))
  }
  program.addHelpText(
    'after',
    `
Begin with \`ninefold demo\`, or in an empty folder of your own:

  ninefold init                  asks a few questions and writes ninefold.yaml
  ninefold run --until-drained   makes the dataset
  ninefold export                writes it to files

\`ninefold help <command>\` tells more; \`ninefold help exit-codes\` and \`ninefold help json\` are for scripts.`,
  )
}

/** All commands that do something, however deep. */
export function leaves(command: Command): Command[] {
  const { commands } = command
  return commands.length === 0 ? [command] : commands.flatMap(leaves)
}

/** A command as it is typed, without `ninefold`. */
export function wordsOf(command: Command): string {
  const { parent } = command
  return parent === null || parent.parent === null ? command.name() : `${wordsOf(parent)} ${command.name()}`
}

function textOf({ example, next }: Guide): string {
  return `\nExample:\n  ${example}${next === null ? '' : `\n\nNext:\n  ${next}`}`
}
