/**
 * A strict reader of Prometheus' text format 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/): whatever a scraper might stumble over is an error.
 */

/** One line with a value. */
export interface TextSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** The metrics of a text. */
export interface MetricsText {
  readonly samples: readonly TextSample[]
  readonly types: ReadonlyMap<string, string>
  /** The sum over all samples of a metric that have these labels; 0 where there are none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number
  /** The one value of a metric with these labels. @throws when there is none, or more than one */
  value(name: string, labels?: Readonly<Record<string, string>>): number
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const HELP = new RegExp(`^# HELP (${NAME}) ((?:[^\\\\]|\\\\\\\\|\\\\n)+)$`)
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`)
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (NaN|[+-]?Inf|[+-]?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)$`)
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\\\|\\"|\\n)*)"(?:,|$)/
const PARTS = /_(bucket|sum|count)$/

/** Reads a text. @throws at the first line that is not as it must be */
export function readMetricsText(text: string): MetricsText {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const types = new Map<string, string>()
  const helped = new Set<string>()
  const samples: TextSample[] = []
  const seen = new Set<string>()
  let current = ''
  for (const line of text.split('\n').slice(0, -1)) {
    if (line === '') continue
    const help = HELP.exec(line)
    const type = TYPE.exec(line)
    if (help !== null) {
      if (helped.has(help[1]!)) throw new Error(`a second HELP: ${line}`)
      helped.add(help[1]!)
    } else if (type !== null) {
      if (types.has(type[1]!) || !helped.has(type[1]!)) throw new Error(`TYPE out of place: ${line}`)
      current = type[1]!
      types.set(current, type[2]!)
    } else {
      const sample = sampleOf(line)
      const family = familyOf(sample.name, types)
      if (family !== current) throw new Error(`not below its own TYPE: ${line}`)
      const identity = JSON.stringify([sample.name, Object.entries(sample.labels).sort()])
      if (seen.has(identity)) throw new Error(`the same series twice: ${line}`)
      seen.add(identity)
      if (types.get(family) === 'counter' && !(sample.value >= 0))
        throw new Error(`no counter's value: ${line}`)
      samples.push(sample)
    }
  }
  checkHistograms(samples, types)
  const matching = (name: string, labels: Readonly<Record<string, string>>) =>
    samples.filter(
      (one) =>
        one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
    )
  return {
    samples,
    types,
    sum: (name, labels = {}) => matching(name, labels).reduce((sum, { value }) => sum + value, 0),
    value(name, labels = {}) {
      const found = matching(name, labels)
      if (found.length === 1) return found[0]!.value
      throw new Error(`${found.length} samples of ${name} ${JSON.stringify(labels)}`)
    },
  }
}

function sampleOf(line: string): TextSample {
  const found = SAMPLE.exec(line)
  if (found === null) throw new Error(`no sample: ${line}`)
  const [, name, inside = '', value] = found
  const labels: Record<string, string> = {}
  for (let rest = inside; rest !== ''; ) {
    const label = LABEL.exec(rest)
    if (label === null || Object.hasOwn(labels, label[1]!)) throw new Error(`labels: ${line}`)
    labels[label[1]!] = label[2]!.replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one))
    rest = rest.slice(label[0].length)
  }
  return { name: name!, labels, value: Number(value!.replace('Inf', 'Infinity')) }
}

function familyOf(name: string, types: ReadonlyMap<string, string>): string {
  const whole = name.replace(PARTS, '')
  return ['histogram', 'summary'].includes(types.get(whole) ?? '') ? whole : name
}

/** Buckets grow, end with +Inf, and that one is the count. */
function checkHistograms(samples: readonly TextSample[], types: ReadonlyMap<string, string>): void {
  for (const [name] of [...types].filter(([, type]) => type === 'histogram')) {
    const buckets = samples.filter((one) => one.name === `${name}_bucket`)
    const series = Map.groupBy(buckets, ({ labels: { le: _, ...labels } }) => JSON.stringify(labels))
    for (const [labels, its] of series) {
      const counts = samples.filter(
        (one) => one.name === `${name}_count` && JSON.stringify(one.labels) === labels,
      )
      const isGrowing = its.every(({ value }, at) => at === 0 || value >= its[at - 1]!.value)
      const last = its.at(-1)!
      if (!isGrowing || last.labels.le !== '+Inf' || counts.length !== 1 || counts[0]!.value !== last.value) {
        throw new Error(`buckets of ${name} ${labels}`)
      }
    }
  }
}
