/**
 * `npm run bench:rebuild`: how fast a dataset is rebuilt from its verdicts when every call is answered from the log,
 * beside a bare copy of the same topic in turns with it; and what memory that takes as datasets grow. On a stack of its
 * own, which it removes again.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startStack } from '../../stack/stack.ts'
import { stopStack } from '../../stack/stop.ts'
import { describeMachine } from '../results.ts'
import { type Dataset, ensureDataset } from './dataset.ts'
import { consumerPerfTest } from './perf-test.ts'
import { curveTable, page, type RebuildResults, speedTable } from './results.ts'
import { type Rebuild, type Round, rebuild, round } from './rounds.ts'
import { writeRebuildConfig } from './settings.ts'

const WORK_FOLDER = resolve('.ninefold', 'bench-rebuild')

const { values: flags } = parseArgs({
  options: {
    /** Of the rounds that are timed. */
    verdicts: { type: 'string', default: '100000' },
    /** 0 leaves them out. */
    rounds: { type: 'string', default: '3' },
    /** Verdicts of the datasets whose memory is looked at, separated by commas; empty leaves them out. */
    curve: { type: 'string', default: '10000,100000,1000000' },
    name: { type: 'string', default: 'rebuild-latest' },
    /** Writes docs/benchmarks-rebuild.md as well. */
    docs: { type: 'boolean', default: false },
    /** Writes CPU profiles of the commands into this folder. */
    profile: { type: 'string' },
    /** Keeps the stack and the datasets for the next time. */
    keep: { type: 'boolean', default: false },
  },
})

const before = loadavg()[0]!
const found = await bench()
const command = `npm run bench:rebuild -- ${process.argv.slice(2).join(' ')}`.trim()
const load = { before, after: loadavg()[0]! }
const results: RebuildResults = { ...describeMachine(), command, load, ...found }
console.log([...speedTable(results), '', ...curveTable(results)].join('\n'))
const folder = new URL('../results/', import.meta.url)
mkdirSync(folder, { recursive: true })
writeFileSync(new URL(`${flags.name}.json`, folder), `${JSON.stringify(results, null, 2)}\n`)
if (flags.docs) writeFileSync(new URL('../../docs/benchmarks-rebuild.md', import.meta.url), page(results))

async function bench(): Promise<Pick<RebuildResults, 'dataset' | 'rounds' | 'perfTest' | 'curve'>> {
  const stack = await startStack({ dataDir: WORK_FOLDER, analytics: false, onProgress: say })
  const node = flags.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(flags.profile)}`]
  const options = { brokerPid: stack.pids.kafka, brokers: stack.brokers, node }
  const run = Date.now().toString(36)
  const datasetOf = async (verdicts: number): Promise<{ config: string; dataset: Dataset }> => {
    const pipeline = `rebuild${verdicts}`
    const config = writeRebuildConfig(join(WORK_FOLDER, 'pipelines', pipeline), pipeline, stack)
    return { config, dataset: await ensureDataset(config, verdicts, say) }
  }
  try {
    const { config, dataset } = await datasetOf(Number(flags.verdicts))
    const rounds: Round[] = []
    for (let at = 0; at < Number(flags.rounds); at++) {
      rounds.push(await round(config, `${run}-${at}`, dataset, options))
      say(speedTable({ dataset, rounds: rounds.slice(-1), perfTest: null }).join('\n'))
    }
    const { verdictsTopic, verdicts } = dataset
    const perfTest =
      rounds.length === 0 ? null : await consumerPerfTest(stack.brokers, verdictsTopic, verdicts)
    const curve: Rebuild[] = []
    for (const size of flags.curve.split(',').filter((text) => text !== '')) {
      const grown = await datasetOf(Number(size))
      const looking = { ...options, node: [...node, '--expose-gc'] }
      curve.push(await rebuild(grown.config, `${run}-curve`, grown.dataset, looking))
      say(curveTable({ curve: curve.slice(-1) }).join('\n'))
    }
    return { dataset, rounds, perfTest, curve }
  } finally {
    if (!flags.keep) {
      await stopStack({ dataDir: WORK_FOLDER })
      rmSync(WORK_FOLDER, { recursive: true, force: true })
    }
  }
}

function say(line: string): void {
  console.error(line)
}
