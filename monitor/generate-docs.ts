/**
 * Writes docs/monitoring.md from what is registered and from examples/prometheus: `node monitor/generate-docs.ts`, or
 * with `--check` fails when the file is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { METRICS, type MetricDefinition } from './metrics.ts'

const TARGET = fileURLToPath(new URL('../docs/monitoring.md', import.meta.url))

function example(name: string): string {
  return readFileSync(new URL(`../examples/prometheus/${name}`, import.meta.url), 'utf8').trim()
}

function row({ name, type, unit, labels, help }: MetricDefinition): string {
  const shown = labels.map((label) => `\`${label}\``).join(', ')
  return `| \`${name}\` | ${type} | ${unit === 'none' ? '–' : unit} | ${shown === '' ? '–' : shown} | ${help} |`
}

function bucketsOf({ name, buckets = [] }: MetricDefinition): string {
  return `- \`${name}\`: ${buckets.join(', ')}`
}

const metrics: readonly MetricDefinition[] = Object.values(METRICS)

const wanted = `# Monitoring

<!-- Generated from monitor/metrics.ts and examples/prometheus by \`npm run docs\`; edit those instead. -->

A worker serves its metrics and its health over HTTP when it is asked to:

\`\`\`sh
ninefold run --monitor                 # http://127.0.0.1:9464/metrics
ninefold run --monitor 0               # any free port
ninefold run --monitor 0.0.0.0:9464    # open to the network
\`\`\`

or by \`monitor: {}\` in ninefold.yaml (\`{ port, host }\` for another place). It says at its start where it listens. A
second worker of the machine takes the next free port, and says so. Without it nothing listens and nothing is counted for it.

- **It has no login and no encryption.** By default it listens on loopback. Whoever can reach another address you give it
  can read numbers, names (of the pipeline, steps, endpoints, models) and the sentences of \`/healthz\`; questions, answers and
  secrets are not among them.
- It answers \`GET\` and \`HEAD\`. Requests of web pages, and those that came under a public name, are refused with 403: on
  loopback ask for \`127.0.0.1\` or \`localhost\`, elsewhere by address, by the machine's own name, or by a name that means nothing
  on the internet (\`worker\`, \`*.svc\`, \`*.svc.cluster.local\`, \`*.internal\`, \`*.local\`).
- A scrape asks the broker for nothing but the lag, and that at most every 5 seconds.

## Health

| path | 200 | 503 |
|---|---|---|
| \`/healthz\` | the process does what it can, were it waiting | only a restart helps: the worker has failed, or a consumer has been silent for five minutes although Kafka answers |
| \`/readyz\` | it can work now | it starts or stops, Kafka does not answer, a consumer is silent (30 seconds), or every one of its steps is halted |

Both answer the same JSON: \`state\` (\`starting\`, \`working\`, \`degraded\`, \`waiting\`, \`stopping\`, \`failed\`), \`live\`, \`ready\`, \`reasons\`
(sentences), \`pipeline\`, \`edition\`, \`worker\`, and of each step \`member\`, \`partitions\`, \`heartbeatAgeSeconds\`, \`restarts\` and
\`halted\` (an [error code](errors.md) or null). \`degraded\` is ready: some steps are halted, an endpoint makes calls wait, the
schema registry or ClickHouse is away.

In Kubernetes \`/healthz\` is for the \`livenessProbe\` and \`/readyz\` for the \`readinessProbe\`. A broker that is away makes a worker
unready and never unhealthy: a restart would mend nothing, and give up calls that are under way and paid for. Probes come
from outside the container, so the worker needs \`--monitor 0.0.0.0:9464\` there, and a \`terminationGracePeriodSeconds\` of 40
(calls under way have 25 seconds to end).

## Metrics

All have the labels \`pipeline\` and \`edition\`. Counters and histograms begin at 0 with the worker; what a run before it did is
in the topics, and \`ninefold sql\` knows it. Every worker tells of its own doings, so sums over workers are right, but for
\`ninefold_lag_offsets\` and \`ninefold_budget_*\`: these are of the whole group, or of the machine, and their largest value counts.

| metric | type | unit | labels | meaning |
|---|---|---|---|---|
${metrics.map(row).join('\n')}

\`step\` is a step as \`--only\` takes it, \`sink\` the analytics; \`role\` is the same with all samplers together as \`generate\`; \`endpoint\`
is a name under \`endpoints\`, \`model\` the model string sent to it, \`topic\` a topic's short name.

Upper bounds of the histograms:

${metrics
  .filter(({ type }) => type === 'histogram')
  .map(bucketsOf)
  .join('\n')}

Beside these there are prom-client's own metrics of the process: \`process_*\` (CPU, memory, open files, start time: its uptime is
\`time() - process_start_time_seconds\`) and \`nodejs_*\` (event loop, heap, garbage collection, version).

## Prometheus

[examples/prometheus/prometheus.yml](../examples/prometheus/prometheus.yml):

\`\`\`yaml
${example('prometheus.yml')}
\`\`\`

[examples/prometheus/alerts.yml](../examples/prometheus/alerts.yml):

\`\`\`yaml
${example('alerts.yml')}
\`\`\`
`

if (process.argv.includes('--check')) {
  if (readFileSync(TARGET, 'utf8') !== wanted) {
    console.error('docs/monitoring.md is stale: run `npm run docs`')
    process.exit(1)
  }
} else {
  writeFileSync(TARGET, wanted)
}
