/**
 * Whom a request over HTTP was meant for. A page in a browser can reach servers on loopback and in its network, under
 * a name of its maker's that leads there ("DNS rebinding"); it cannot hide the name it asked for, nor that it is a page.
 */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'

const LOOPBACK = /^(127\.|localhost$|::1$)/
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '::1']
/** Ends of names that nobody can buy: RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`, Kubernetes' services. */
const PRIVATE_NAMES = /\.(localhost|local|internal|home\.arpa|svc|svc\.cluster\.local)$/

/** Whether only this machine can reach a server that listens at this address. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address)
}

/** Whether a request came to loopback under a name of loopback's, and from no page. */
export function isLocalRequest(request: IncomingMessage): boolean {
  return request.headers.origin === undefined && LOOPBACK_NAMES.includes(askedHost(request))
}

/**
 * The same for a server at any address: it may be asked for by address, by this machine's name, by the name it listens
 * at, and by names that lead nowhere from outside, as containers and clusters give them.
 */
export function isMeantFor(address: string, request: IncomingMessage): boolean {
  if (isLoopback(address)) return isLocalRequest(request)
  const host = askedHost(request)
  const isOurs = [address, hostname()].some((name) => name.toLowerCase() === host)
  const isPrivate = (host !== '' && !host.includes('.')) || isIP(host) !== 0 || PRIVATE_NAMES.test(host)
  return request.headers.origin === undefined && (isOurs || isPrivate)
}

/** The name or address a client asked for, in small letters; empty when it does not say. */
function askedHost({ headers }: IncomingMessage): string {
  const host = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}
