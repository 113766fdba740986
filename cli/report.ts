/** `ninefold report`: what a dataset is, what it cost, and how good its models and its judge are. */
import { writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { loadConfig } from '../config/config.ts'
import { messageOf, NinefoldError } from '../errors.ts'
import { findAnalytics } from '../pipeline/addresses.ts'
import { askSections } from '../report/ask-sections.ts'
import { loadChartDrawer } from '../report/html/charts.ts'
import { htmlReport } from '../report/html/page.ts'
import { jsonReport } from '../report/json-report.ts'
import { DEFINITIONS, type Definition } from '../report/section.ts'
import { SECTIONS } from '../report/sections.ts'
import { terminalReport } from '../report/terminal-report.ts'
import { columnsOf } from '../terminal/fit.ts'
import { styleFor } from '../terminal/style.ts'
import { onProgress, type PipelineOptions, withPipelineOptions } from './session-options.ts'

interface ReportOptions extends PipelineOptions {
  readonly definition: Definition
  readonly only?: readonly string[]
  readonly html?: string
  readonly json?: boolean
}

/** Adds the command `report`. */
export function register(program: Command): void {
  withPipelineOptions(program.command('report'))
    .description('tell what the dataset is, what it cost, and how good its models and its judge are')
    .addOption(
      new Option('--definition <which>', 'when a model counts as right on a question: by which of its paths')
        .choices(DEFINITIONS)
        .default('majority'),
    )
    .addOption(
      new Option('--only <sections...>', 'these sections alone').choices(SECTIONS.map(({ name }) => name)),
    )
    .option('--html <file>', 'write it as one self-contained page with charts, instead of printing it')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Made of the views, which \`ninefold sql "SHOW TABLES"\` lists; Kafka need not run, and no model is called. The page
holds no script and asks for nothing outside itself.

JSON: { pipeline, edition, definition, sections: { <name>: { title, why, missing, rows: [{ … }] } } }, the rows with
the columns of the views. Shares are parts of one, money is in USD, null when unknown.`,
    )
    .action(report)
}

async function report(options: ReportOptions): Promise<void> {
  const { edition, set, definition, only, html, json } = options
  const config = await loadConfig(options.config, { edition, set })
  const url = await findAnalytics(config, onProgress)
  const sections = SECTIONS.filter(({ name }) => only?.includes(name) ?? true)
  const parameters = { edition, definition, alarmBelow: config.controls?.alarmBelow ?? 0 }
  const answers = await askSections(sections, parameters, { config, url })
  if (html !== undefined) {
    const subject = { pipeline: config.pipeline, edition, definition, madeAt: new Date() }
    await save(html, htmlReport(subject, answers, loadChartDrawer()))
    onProgress(`the report is in ${html}`)
  }
  if (json)
    console.log(JSON.stringify(jsonReport(config.pipeline, { edition, definition }, answers), null, 2))
  else if (html === undefined) {
    console.log(
      terminalReport(answers, { width: columnsOf(process.stdout), style: styleFor(process.stdout) }),
    )
  }
}

async function save(path: string, page: string): Promise<void> {
  await writeFile(path, page).catch((error: unknown) => {
    throw new NinefoldError(
      'NF_REPORT_FILE',
      `the page cannot be written: ${messageOf(error)}`,
      'Name a file in a folder of your own with --html.',
    )
  })
}
