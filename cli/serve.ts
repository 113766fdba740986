/** `ninefold serve`: takes questions over HTTP while workers run. */
import { once } from 'node:events'
import { type Command, InvalidArgumentError } from 'commander'
import { ENVIRONMENT_NAME_PATTERN } from '../config/names.ts'
import { readSecret } from '../config/secrets.ts'
import { NinefoldError } from '../errors.ts'
import { startIntakeServer } from '../pipeline/intake-server.ts'
import { Publisher } from '../pipeline/publish.ts'
import { openSession } from '../pipeline/session.ts'
import { SharedPublisher } from '../pipeline/shared-publisher.ts'
import { usualBatchName } from '../sources/batch-name.ts'
import { isLoopback } from '../stack/request-host.ts'
import { wholeNumber } from './option-values.ts'
import { onProgress, type PipelineOptions, withPipelineOptions } from './session-options.ts'
import { stopOnSignals } from './stop-signals.ts'

interface ServeOptions extends PipelineOptions {
  readonly port: number
  readonly host: string
  readonly tokenEnv: string
  readonly maxBodyMb: number
  readonly source?: string
}

const MB = 1_000_000
/** Shorter ones can be guessed. */
const SHORTEST_TOKEN = 16

/** Adds the command `serve`. */
export function register(program: Command): void {
  withPipelineOptions(program.command('serve'))
    .description('take questions over HTTP: POST /questions, one JSON question a line')
    .option('--port <n>', 'port to listen on; 0 = any free one', port, 8080)
    .option(
      '--host <address>',
      'address to listen on; another than loopback is open to the network',
      '127.0.0.1',
    )
    .option('--token-env <name>', 'variable that holds the token requests must carry', 'NINEFOLD_TOKEN')
    .option('--max-body-mb <n>', 'longest body of a request, MB', wholeNumber(1, 1_000), 16)
    .option('--source <name>', 'source of questions that name none')
    .action(serve)
}

async function serve(options: ServeOptions): Promise<void> {
  const { host, tokenEnv, maxBodyMb, source } = options
  const token = tokenOf(tokenEnv)
  const stop = stopOnSignals(() => onProgress('stopping: requests under way are being answered'))
  const session = await openSession({ ...options, onProgress })
  try {
    const sink = new SharedPublisher(await Publisher.open(session))
    const server = await startIntakeServer({
      ...{ host, port: options.port, token, sink, source },
      maxBodyBytes: maxBodyMb * MB,
      batch: usualBatchName(source ?? 'http', new Date()),
      onFailure: (message) => onProgress(`a request failed: ${message}`),
    })
    console.log(`POST ${server.url}`)
    if (!isLoopback(host)) onProgress('the connection is not encrypted: put a proxy with TLS before it')
    if (!stop.aborted) await once(stop, 'abort')
    await server.close()
  } finally {
    await session.close()
  }
}

/** The token in a variable. What was given as its name may be the token itself, so it is shown only where it is a name. */
function tokenOf(name: string): string {
  if (!ENVIRONMENT_NAME_PATTERN.test(name)) {
    throw unusable(
      '--token-env does not name an environment variable in capital letters',
      'Put the token into a variable, e.g. NINEFOLD_TOKEN, and name that.',
    )
  }
  const token = readSecret({ env: name }, 'the token of `serve`')
  if (token.length >= SHORTEST_TOKEN && !/\s/.test(token)) return token
  throw unusable(
    `the token in ${name} is shorter than ${SHORTEST_TOKEN} characters, or holds white space`,
    `Make one: export ${name}=$(openssl rand -hex 32)`,
  )
}

function unusable(what: string, remedy: string): NinefoldError {
  return new NinefoldError('NF_SERVE_TOKEN', what, remedy)
}

function port(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= 65_535) return value
  throw new InvalidArgumentError('Give a port from 0 to 65535.')
}
