import { Pool } from 'undici'
import type { Instance } from '../../call/balance/instance.ts'
import type { Runtime } from '../../call/call.ts'
import { upstreamOf } from '../../call/upstream.ts'
import type { Upstream } from '../../endpoint/proxy-upstream.ts'

/** Milliseconds without a byte after which an exchange is given up: long, since server-sent events may be quiet. */
export const IDLE = 300_000

/** The connections over which requests are passed to one backend: those of its endpoints' calls have bounds of their own. */
export interface Pools {
  /** A pool for each instance, made on first use, and closed when the instance is gone and what is under way has ended. */
  of(instance: Instance): Pool
  close(): Promise<void>
}

/** The pools of a backend, one set for all routes that are passed on to it. */
export function poolsOf(backend: Upstream, runtime: Runtime): Pools {
  const upstream = upstreamOf(runtime, backend)
  return runtime.single(upstream, () => {
    const pools = new Map<Instance, Pool>()
    upstream.onRemoved((instance) => {
      pools.get(instance)?.close()
      pools.delete(instance)
    })
    const open = (instance: Instance): Pool => {
      const pool = openPool(instance, backend)
      pools.set(instance, pool)
      return pool
    }
    return {
      of: (instance) => pools.get(instance) ?? open(instance),
      close: async () => void (await Promise.all([...pools.values()].map((pool) => pool.destroy()))),
    }
  })
}

/** Options of a request whose `Host` is not its instance's: TLS is told the instance's name, and would else be told the other. */
export function withServerName<O extends object>(options: O, { serverName }: Instance): O {
  return serverName === undefined ? options : { ...options, servername: serverName }
}

function openPool({ origin, serverName }: Instance, { timeout }: Upstream): Pool {
  return new Pool(origin, {
    connections: 256,
    connect: { timeout, ...(serverName !== undefined && { servername: serverName }) },
    headersTimeout: timeout,
    bodyTimeout: IDLE,
    allowH2: false,
  })
}
