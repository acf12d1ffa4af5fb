import { isIPv6, type Socket } from 'node:net'
import { isToken } from '../../lib/headers.ts'
import { isHost } from '../../lib/host.ts'
import type { TrustedProxies } from '../../lib/trusted-proxies.ts'
import type { RequestContext } from '../context.ts'
import { addressOfNode, readForwarded } from './forwarded-field.ts'

/** By which way a request has come to this server. */
export interface Way {
  /** What the client has asked: `Host`, with its port. */
  readonly host: string
  readonly proto: string
  /** What was asked, for a backend that makes links of it; names and values in turn. */
  readonly asked: readonly string[]
  /** Who has asked: `Forwarded` (RFC 7239), whose last member has what else is known, and the field that was there before it. */
  readonly asker: readonly string[]
}

/**
 * The way of a request. Without proxies that are believed it is what this server sees itself, whatever the client says.
 *
 * @param trusted which proxies in front of this server are believed: each has added the address that it was asked from, so that as many
 *   members are taken from the end of what has come
 */
export function wayOf(context: RequestContext, trusted: TrustedProxies): Way {
  const { socket } = context.request
  const host = context.header('host') ?? ''
  if (trusted.count > 0) return wayIn(socket, host, believed(context, trusted))
  // On one connection the same is asked again and again.
  const last = seen.get(socket)
  if (last?.host === host) return last
  const way = wayIn(socket, host, NOTHING)
  seen.set(socket, way)
  return way
}

/** What was last asked on a connection. */
const seen = new WeakMap<Socket, Way>()

function wayIn(socket: Socket, asked: string, said: Said): Way {
  const isEncrypted = (socket as { readonly encrypted?: boolean }).encrypted === true
  const host = said.host ?? asked
  const proto = said.proto ?? (isEncrypted ? 'https' : 'http')
  const last = addressOf(socket)
  const asker = said.addresses.length === 0 ? last : `${said.addresses.join(', ')}, ${last}`
  // A client asks the same host many times: making the text is most of what these fields cost.
  const key = `${proto}\n${host}\n${asker}\n${said.port ?? ''}`
  let way = known.get(key)
  if (way === undefined) {
    if (known.size >= MOST_KNOWN) known.clear()
    way = makeWay([...said.addresses, last], host, proto, said.port)
    if (key.length <= LONGEST) known.set(key, way)
  }
  return way
}

const MOST_KNOWN = 1_000
/** Characters of one that is remembered. */
const LONGEST = 1_000
const known = new Map<string, Way>()

function makeWay(addresses: readonly string[], host: string, proto: string, said: string | undefined): Way {
  // The port that the client knows: the one that this server listens on may be another.
  const port = said ?? /:(\d+)$/.exec(host)?.[1] ?? (proto === 'https' ? '443' : '80')
  const nodes = addresses.map((address) => `for=${node(address)}`).join(', ')
  const forwarded = `${nodes};host=${parameter(host)};proto=${parameter(proto)}`
  return {
    ...{ host, proto },
    asked: ['x-forwarded-host', host, 'x-forwarded-port', port, 'x-forwarded-proto', proto],
    asker: ['x-forwarded-for', addresses.join(', '), 'forwarded', forwarded],
  }
}

/** What proxies in front of this server say of a request. */
interface Said {
  readonly addresses: readonly string[]
  readonly host?: string | undefined
  readonly port?: string | undefined
  readonly proto?: string | undefined
}

const NOTHING: Said = { addresses: [] }

/**
 * What believed proxies say, in the headers that they are known to write. No other counts, also where these are missing: what a proxy does
 * not write it leaves as a client has sent it, and nothing in a request tells the one from the other.
 */
function believed(context: RequestContext, { count, headers }: TrustedProxies): Said {
  if (headers.has('forwarded')) {
    const forwarded = readForwarded(context.header('forwarded') ?? '').slice(-count)
    return {
      addresses: forwarded.map((member) => addressOfNode(member.get('for')) ?? 'unknown'),
      host: hostOf(forwarded[0]?.get('host')),
      proto: schemeOf(forwarded[0]?.get('proto')),
    }
  }
  const last = (name: string) => (headers.has(name) ? members(context.header(name)).slice(-count) : [])
  const [port] = last('x-forwarded-port')
  return {
    addresses: last('x-forwarded-for'),
    host: hostOf(last('x-forwarded-host')[0]),
    proto: schemeOf(last('x-forwarded-proto')[0]),
    port: port !== undefined && /^\d{1,5}$/.test(port) ? port : undefined,
  }
}

/** What is no host says nothing, as a `Host` like it would be refused. */
function hostOf(said: string | undefined): string | undefined {
  return said !== undefined && isHost(said) ? said : undefined
}

/** How the client speaks to the first proxy; `wss` is `https` in that respect, and what is no scheme of HTTP says nothing. */
function schemeOf(said: string | undefined): string | undefined {
  const scheme = said?.toLowerCase().replace(/^ws/, 'http')
  return scheme === 'http' || scheme === 'https' ? scheme : undefined
}

/** The address at the other end; an IPv4 address that came as IPv6 is written as what it is, and a zone is known here alone. */
function addressOf({ remoteAddress = '' }: Socket): string {
  if (remoteAddress.includes('%')) return remoteAddress.slice(0, remoteAddress.indexOf('%'))
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
