import type { Instance } from '../../call/balance/instance.ts'
import type { Runtime } from '../../call/call.ts'
import { Passage } from '../../call/passage.ts'
import type { ProxyRoute } from '../../endpoint/proxy.ts'
import type { UpgradeSettings } from '../../endpoint/proxy-upgrade-options.ts'
import type { Registry } from '../../endpoint/registry.ts'
import { FacetError } from '../../errors.ts'
import type { RequestContext } from '../context.ts'
import { isWebSocket, type Upgrade } from '../upgrade.ts'
import { chooser } from './choose.ts'
import { wayOf } from './forwarded.ts'
import { type PassOn, passOn } from './pass-on.ts'
import { type ProxySettings, rulesOf } from './rules.ts'
import { makeTargetOf } from './target.ts'
import { Tunnel, type TunnelOptions } from './tunnel.ts'
import { passedBy, unswitchedOf } from './unswitched.ts'
import { upgradeHead } from './upgrade-head.ts'
import { checkOrigin } from './upgrade-origin.ts'
import { hasPassed } from './via.ts'

/**
 * Passes an upgrade on to a proxied route's backend. Throws, or refuses later, where there is nothing to switch to.
 *
 * @returns false where the route passes over it: the request is an ordinary one
 */
export type PassUpgrade = (context: RequestContext, path: string, upgrade: Upgrade) => boolean

/** What goes through the policies of its backend. */
interface Asking {
  readonly tunnel: Tunnel
  readonly upgrade: Upgrade
  readonly method: string
  readonly path: string
  readonly headers: readonly string[]
  /** What the backend is told to be; undefined for what it is. */
  readonly host: string | undefined
}

/**
 * One way a proxied route that may switch protocols, made when the app starts.
 *
 * @param refuse tells a client why nothing is switched to, at once, and the log
 */
export function upgrader(
  { proxies }: Registry,
  runtime: Runtime,
  settings: ProxySettings,
  refuse: TunnelOptions['refuse'],
): (proxy: ProxyRoute) => PassUpgrade | undefined {
  const ways = new Map<ProxyRoute, PassUpgrade>()
  const on = passOn()
  for (const { proxy } of proxies)
    if (proxy.upgrade) ways.set(proxy, openAll(proxy, proxy.upgrade, runtime, settings, { refuse, on }))
  return (proxy) => ways.get(proxy)
}

/** When a client that finds no room may ask again, in seconds: somebody has to leave first, and tunnels last. */
const AGAIN = '10'

/** The way of a route, or which of its ways where it has several targets. */
function openAll(proxy: ProxyRoute, ...how: How): PassUpgrade {
  const way = open(proxy, ...how)
  if (proxy.targets.length === 0) return way
  const others = proxy.targets.map(({ backend }) => open({ ...proxy, backend }, ...how))
  const choose = chooser(proxy.targets, others, way, how[2].trustProxy)
  return (context, path, upgrade) => choose(context, path)(context, path, upgrade)
}

/** How a route's upgrades are passed on, whichever of its backends is asked. */
type How = [
  allowed: UpgradeSettings,
  runtime: Runtime,
  settings: ProxySettings,
  means: { readonly refuse: TunnelOptions['refuse']; readonly on: PassOn },
]

function open(proxy: ProxyRoute, ...[allowed, runtime, settings, { refuse, on }]: How): PassUpgrade {
  const { backend } = proxy
  const { timeout, connectTimeout } = backend
  const { outgoing, incoming, make, keepsHost } = rulesOf(proxy, runtime, settings)
  const { trusted, pseudonym } = outgoing
  const targetOf = makeTargetOf(proxy, runtime, trusted)
  const passed = passedBy(proxy)
  const unswitched = unswitchedOf(proxy)
  const { timers } = runtime
  const options = { timers, timeout, connectTimeout, idle: allowed.idle, rules: incoming, refuse, unswitched }
  // One set for all targets of a route, whose settings these are.
  const tunnels = runtime.single(allowed, () => new Tunnels())
  const passage = new Passage(runtime, backend)
  const ask = ({ tunnel, upgrade, method, path, headers, host }: Asking, instance: Instance) => {
    const fields = [...headers, 'host', host ?? instance.authority]
    if (tunnel.start()) on({ tunnel, upgrade, instance, method, path: instance.base + path, fields })
    return tunnel.head.promise
  }
  return (context, path, asked) => {
    const { method } = context.record
    const upgrade = passed(asked, method)
    if (!upgrade) return false
    if (isWebSocket(upgrade) && method !== 'GET')
      throw new FacetError('input-invalid', {
        issues: [{ path: 'method', message: 'a WebSocket is opened by GET' }],
      })
    checkOrigin(context.header('origin'), wayOf(context, trusted).host, allowed)
    const target = targetOf(context, path)
    if (hasPassed(context.header('via'), pseudonym)) throw new FacetError('loop-detected')
    if (tunnels.size >= allowed.connections) throw new FacetError('overloaded', { headers: { 'retry-after': AGAIN } })
    const made = make?.(context, path)
    const { headers, host } = upgradeHead(context, upgrade, outgoing)
    const tunnel = new Tunnel({ context, path, made: made?.response }, upgrade, options)
    tunnels.add(tunnel)
    tunnel.ended.promise.then(() => tunnels.delete(tunnel))
    const asking = {
      ...{ tunnel, upgrade, method, path: target },
      headers: made ? [...headers, ...made.request] : headers,
      host: keepsHost && host !== '' ? host : undefined,
    }
    const passing = passage.through(context.token, timeout, (instance) => ask(asking, instance))
    passing.catch((error: unknown) => tunnel.fail(error))
    return true
  }
}

/** The tunnels of one route, from the request to the end of both connections. They end with the app, wherever it is mounted. */
class Tunnels extends Set<Tunnel> {
  async close(): Promise<void> {
    await Promise.all([...this].map((tunnel) => tunnel.close()))
  }
}
