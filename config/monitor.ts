/** Where a worker serves its metrics and its health: in the configuration, and on a command line. */
import { z } from 'zod'
import type { MonitorAddress } from './types.ts'

/** Where it listens unless told otherwise: only this machine can reach it. The port is of the usual ones for metrics. */
export const USUAL_MONITOR: MonitorAddress = { host: '127.0.0.1', port: 9464 }

const HIGHEST_PORT = 65_535

/** The section `monitor`. */
export const monitor = z.strictObject({
  port: z
    .int()
    .min(0)
    .max(HIGHEST_PORT)
    .default(USUAL_MONITOR.port)
    .describe(
      `Port to listen on, the next free one where another worker has it; 0 = any; default ${USUAL_MONITOR.port}.`,
    ),
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:-]+$/, 'a host is an address or a name of this machine, without a port')
    .max(253)
    .default(USUAL_MONITOR.host)
    .describe(
      `Address to listen on; another than loopback is open to the network, without a login; default ${USUAL_MONITOR.host}.`,
    ),
})

/**
 * An address as it is written on a command line: a port, or host and port; an IPv6 address in brackets. With a
 * port alone it is at the usual host.
 * @returns null where it is none
 */
export function parseMonitorAddress(text: string): MonitorAddress | null {
  const found = /^(?:(?<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):)?(?<port>\d{1,5})$/.exec(text)
  const { host = USUAL_MONITOR.host, port = '' } = found?.groups ?? {}
  if (found === null || Number(port) > HIGHEST_PORT) return null
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}
