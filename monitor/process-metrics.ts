/** prom-client's own metrics of the process: memory, CPU, garbage collection, event loop. One set a process. */
import { collectDefaultMetrics, Registry } from 'prom-client'

let registry: Registry | null = null

/** Begins to watch, where nobody has before. */
export function watchProcess(): Registry {
  if (registry !== null) return registry
  registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/** In Prometheus' text format. */
export async function processMetrics(): Promise<string> {
  // prom-client writes `Nan`, which no format knows, for averages over nothing.
  return (await watchProcess().metrics()).replaceAll(/ Nan$/gm, ' NaN')
}
