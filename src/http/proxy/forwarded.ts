import { isIPv6, type Socket } from 'node:net'
import { isToken } from '../../lib/headers.ts'
import type { RequestContext } from '../context.ts'

/** By which way a request has come to this server. */
export interface Way {
  /** The addresses that it has come from, the client's first; the last one is at the other end of the connection. */
  readonly addresses: readonly string[]
  /** What the client has asked: `Host`, with its port. */
  readonly host: string
  readonly port: string
  readonly proto: string
}

/**
 * The way of a request. Without proxies that are believed it is what this server sees itself, whatever the client says.
 *
 * @param trusted how many proxies in front of this server are believed: each has added the address that it was asked from, so
 *   that as many members are taken from the end of what has come
 */
export function wayOf(context: RequestContext, trusted: number): Way {
  const { socket } = context.request
  const said = (name: string) => (trusted === 0 ? [] : members(context.header(name)).slice(-trusted))
  const isEncrypted = (socket as { readonly encrypted?: boolean }).encrypted === true
  const host = said('x-forwarded-host')[0] ?? context.header('host') ?? ''
  const proto = said('x-forwarded-proto')[0] ?? (isEncrypted ? 'https' : 'http')
  return {
    addresses: [...said('x-forwarded-for'), addressOf(socket)],
    host,
    // The port that the client knows: the one that this server listens on may be another.
    port: said('x-forwarded-port')[0] ?? /:(\d+)$/.exec(host)?.[1] ?? (proto === 'https' ? '443' : '80'),
    proto,
  }
}

/** What was asked, for a backend that makes links of it; names and values in turn. */
export function askedFields({ host, port, proto }: Way): string[] {
  return ['x-forwarded-host', host, 'x-forwarded-port', port, 'x-forwarded-proto', proto]
}

/** Who has asked: `Forwarded` (RFC 7239), whose last member has what else is known, and the field that was there before it. */
export function askerFields({ addresses, host, proto }: Way): string[] {
  const nodes = addresses.map((address) => `for=${node(address)}`).join(', ')
  const forwarded = `${nodes};host=${parameter(host)};proto=${parameter(proto)}`
  return ['x-forwarded-for', addresses.join(', '), 'forwarded', forwarded]
}

/** The address at the other end; an IPv4 address that came as IPv6 is written as what it is. */
function addressOf({ remoteAddress = '' }: Socket): string {
  return remoteAddress.startsWith('::ffff:') && remoteAddress.includes('.') ? remoteAddress.slice(7) : remoteAddress
}

/** A node is written without quotes only where it is a token (RFC 7239, section 4); what is no address is hidden. */
function node(address: string): string {
  if (isIPv6(address)) return `"[${address}]"`
  return address === '' ? 'unknown' : parameter(address)
}

function parameter(value: string): string {
  return isToken(value) ? value : `"${value.replace(/[\\"]/g, '\\$&')}"`
}

function members(value: string | undefined): string[] {
  return (value ?? '').split(',').flatMap((member) => member.trim() || [])
}
