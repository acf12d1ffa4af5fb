import { Pool } from 'undici'
import type { Instance } from '../../call/balance/instance.ts'
import type { Runtime } from '../../call/call.ts'
import { upstreamOf } from '../../call/upstream.ts'
import type { Upstream } from '../../endpoint/proxy-upstream.ts'

/** Milliseconds without a byte after which an exchange is given up: long, since server-sent events may be quiet. */
export const IDLE = 300_000

/**
 * The connections over which requests are passed to one backend, by its own `connections` and `timeout.connect`. Calls of endpoints have
 * a pool of their own: a stream holds its connection for as long as it lasts, and would else take away theirs. So many streams are open
 * as there are clients, and where nobody has bounded them on purpose a few hundred open pages must not keep all others out: what waits
 * for the head of an answer is bounded by `concurrency`.
 *
 * `timeout.headers` and `timeout.body` are parts of an attempt that ends with its body, which a stream does not.
 */
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

/** Whether a request that has no connection yet waits for one of others, and not for one that is being made. */
export function isFull({ stats }: Pool): boolean {
  return stats.queued > 0
}

/** Options of a request whose `Host` is not its instance's: TLS is told the instance's name, and would else be told the other. */
export function withServerName<O extends object>(options: O, { serverName }: Instance): O {
  return serverName === undefined ? options : { ...options, servername: serverName }
}

function openPool({ origin, serverName }: Instance, { connectTimeout, streams }: Upstream): Pool {
  return new Pool(origin, {
    connections: streams ?? null,
    connect: { timeout: connectTimeout, ...(serverName !== undefined && { servername: serverName }) },
    // Who asks has a timer of its own, which bounds the wait for a connection too.
    headersTimeout: 0,
    bodyTimeout: IDLE,
    allowH2: false,
  })
}
