/** `ninefold push`: an exported dataset onto the Hugging Face Hub. */
import { type Command, InvalidArgumentError } from 'commander'
import { NinefoldError } from '../errors.ts'
import type { PushSummary } from '../export/push.ts'
import { counted } from '../terminal/numbers.ts'
import { EXIT } from './exit-codes.ts'
import { onProgress } from './session-options.ts'
import { stopOnSignals } from './stop-signals.ts'

interface PushCommandOptions {
  readonly repo: string
  readonly private?: boolean
  readonly branch: string
  readonly message: string
  readonly tokenEnv: string
  readonly hub?: string
  readonly json?: boolean
}

const HUB_URL = 'https://huggingface.co'

/** Adds the command `push`. */
export function register(program: Command): void {
  program
    .command('push')
    .description('upload an exported dataset to the Hugging Face Hub')
    .argument('[folder]', 'what `export --hugging-face` wrote', './export')
    .requiredOption('--repo <owner/name>', 'the dataset repository; made where it is not there', repository)
    .option('--private', 'make it for its owner alone')
    .option('--branch <name>', 'the branch', 'main')
    .option('--message <text>', 'what the commit says', 'Dataset written by Ninefold')
    .option('--token-env <name>', 'the environment variable that holds the token', 'HF_TOKEN')
    .option('--hub <url>', `another hub; default: HF_ENDPOINT, else ${HUB_URL}`)
    .option('--json', 'print what was uploaded as JSON')
    .addHelpText(
      'after',
      `
All files of the folder are one commit; data files of an earlier upload that are not among them are taken away with it.

JSON: { url, commit, files, bytes, removed: [path] }.`,
    )
    .action(push)
}

async function push(folder: string, options: PushCommandOptions): Promise<void> {
  const stop = stopOnSignals(() => onProgress('stopping: the repository stays as it was'))
  try {
    print(await upload(folder, options, stop), options)
  } catch (error) {
    if (!stop.aborted) throw error
    process.exitCode = EXIT.interrupted
  }
}

async function upload(
  folder: string,
  options: PushCommandOptions,
  signal: AbortSignal,
): Promise<PushSummary> {
  const { repo, branch, message, tokenEnv } = options
  // Only here: the Hub's client takes longer to load than most commands to run.
  const { pushFolder } = await import('../export/push.ts')
  return await pushFolder({
    folder,
    repository: repo,
    isPrivate: options.private ?? false,
    branch,
    message,
    token: tokenIn(tokenEnv),
    hubUrl: (options.hub ?? process.env.HF_ENDPOINT ?? HUB_URL).replace(/\/+$/, ''),
    signal,
    onProgress,
  })
}

function print(summary: PushSummary, { json }: PushCommandOptions): void {
  const { url, files, bytes, removed } = summary
  const gone = removed.length > 0 ? `, ${counted(removed.length, 'file')} taken away` : ''
  console.log(
    json ? JSON.stringify(summary, null, 2) : `${url}: ${counted(files, 'file')}, ${bytes} bytes${gone}`,
  )
}

function tokenIn(variable: string): string {
  const token = process.env[variable]
  if (token) return token
  throw new NinefoldError(
    'NF_PUSH_TOKEN',
    `the environment variable ${variable} holds no token`,
    'Make one that may write at https://huggingface.co/settings/tokens and set the variable to it.',
  )
}

function repository(text: string): string {
  if (/^[\w.-]+\/[\w.-]+$/.test(text)) return text
  throw new InvalidArgumentError('Name owner and dataset, e.g. someone/reasonmed.')
}
