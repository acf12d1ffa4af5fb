import type { Resolver } from 'node:dns/promises'
import { type InstanceAddress, isIpAddress } from './instance.ts'

/** What DNS is asked for. */
export interface ResolveOptions {
  /** `dns`: the addresses of the URL's host. `srv`: the hosts and ports of the service that the URL's host names. */
  readonly type: 'dns' | 'srv'
  /** Addresses of one family only; both if not said. */
  readonly family?: 4 | 6 | undefined
}

/** A server that a URL leads to, before its addresses are known. */
interface Target {
  readonly host: string
  readonly port: string
  readonly weight: number
}

/** These say for certain that there is nothing; whatever else goes wrong says nothing. */
const NOTHING: ReadonlySet<unknown> = new Set(['ENODATA', 'ENOTFOUND'])

/** Of a target with weight 0, among others with more: hardly anything, but not nothing (RFC 2782). */
const HARDLY = 0.1

/**
 * The addresses that a URL leads to, sorted, each once; none where DNS says that there are none. Names are asked for as they are,
 * without search domains or a hosts file.
 *
 * @param url with its weight, which a target's counts within
 * @throws the resolver's error where anything could not be found out: half of an answer would look as if instances had gone
 */
export async function resolveAddresses(
  resolver: Resolver,
  { url, weight = 1 }: InstanceAddress,
  { type, family }: ResolveOptions,
): Promise<InstanceAddress[]> {
  const { hostname, port, protocol } = new URL(url)
  const own = { host: hostname, port: port || (protocol === 'https:' ? '443' : '80'), weight: 1 }
  const service = hostname.startsWith('_') ? hostname : `_${protocol.slice(0, -1)}._tcp.${hostname}`
  const isService = type === 'srv' && !isIpAddress(hostname)
  const targets = isService ? await targetsOf(resolver, service) : [own]
  const found = await Promise.all(targets.map(({ host }) => addressesOf(resolver, host, family)))
  const weights = new Map<string, number>()
  for (const [at, { port, weight }] of targets.entries()) {
    const addresses = found[at] as string[]
    // A host with two addresses is still one host.
    for (const address of addresses) weights.set(`${address}:${port}`, weight / addresses.length)
  }
  return [...weights].sort(byAddress).map(([address, within]) => ({ url, address, weight: weight * within }))
}

function byAddress([a]: [string, number], [b]: [string, number]): number {
  return a < b ? -1 : 1
}

/** The targets of a service: of the lowest priority only, since the others are for when it has none left (RFC 2782). */
async function targetsOf(resolver: Resolver, service: string): Promise<Target[]> {
  const records = await orNothing(resolver.resolveSrv(service))
  // A target of '.' says that the service is not there; Node gives it as an empty name.
  const offered = records.filter(({ name }) => name !== '' && name !== '.')
  const first = Math.min(...offered.map(({ priority }) => priority))
  return offered
    .filter(({ priority }) => priority === first)
    .map(({ name, port, weight }) => ({ host: name, port: String(port), weight: weight || HARDLY }))
}

/** A host's addresses as they stand in a URL. */
async function addressesOf(resolver: Resolver, host: string, family: 4 | 6 | undefined): Promise<string[]> {
  if (isIpAddress(host)) return [host]
  const [v4, v6] = await Promise.all([
    family === 6 ? [] : orNothing(resolver.resolve4(host)),
    family === 4 ? [] : orNothing(resolver.resolve6(host)),
  ])
  return [...v4, ...v6.map((address) => `[${address}]`)]
}

async function orNothing<T>(answer: Promise<T[]>): Promise<T[]> {
  try {
    return await answer
  } catch (error) {
    if (NOTHING.has((error as { code?: unknown }).code)) return []
    throw error
  }
}
