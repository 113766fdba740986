/** The example for Prometheus against what is registered. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { USUAL_MONITOR } from '../../../config/monitor.ts'
import { METRICS, type MetricDefinition } from '../../../monitor/metrics.ts'

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly annotations: { readonly summary: string; readonly description: string }
}

const read = (name: string): unknown => parse(readFileSync(`examples/prometheus/${name}`, 'utf8'))
const definitions: readonly MetricDefinition[] = Object.values(METRICS)
const { groups } = read('alerts.yml') as { groups: { rules: Rule[] }[] }
const rules = groups.flatMap((group) => group.rules)

describe('the alerts', () => {
  it('are some', () => {
    expect(rules.length).toBeGreaterThanOrEqual(5)
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  })

  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s asks for metrics and labels there are',
    (_, rule) => {
      const used = [...rule.expr.matchAll(/ninefold_[a-z_]+/g)].map(([name]) => name)
      expect(used.length).toBeGreaterThan(0)
      const its = used.map((used_) => definitions.find(({ name }) => name === used_))
      expect(its).not.toContain(undefined)
      const known = ['pipeline', 'edition', 'instance', ...its.flatMap((one) => one!.labels)]
      const grouped = [...rule.expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, labels]) => labels!.split(', '))
      const said = [...JSON.stringify(rule.annotations).matchAll(/\$labels\.(\w+)/g)].map(
        ([, label]) => label!,
      )
      for (const label of [...grouped, ...said]) expect(known).toContain(label)
      // What the sums have lost cannot be named.
      if (grouped.length > 0) for (const label of said) expect(grouped).toContain(label)
    },
  )
})

it('the first worker of a machine is scraped where it listens', () => {
  const { scrape_configs, rule_files } = read('prometheus.yml') as {
    scrape_configs: { static_configs: { targets: string[] }[] }[]
    rule_files: string[]
  }
  const { host, port } = USUAL_MONITOR
  expect(scrape_configs[0]?.static_configs[0]?.targets[0]).toBe(`${host}:${port}`)
  expect(rule_files).toEqual(['alerts.yml'])
})
