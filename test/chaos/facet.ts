// Facet as `npm start` starts it, with the routes that the environment names; it answers what only the process itself knows.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { serve } from '../../src/serve.ts'
import { report } from '../bench/support/child.ts'

/** What a Facet says of itself. */
export interface Inside {
  /** Timers of the wheel that are set. */
  readonly timers: number
  /** Loads of the cache under way. */
  readonly loading: number
  /** What keeps the event loop busy, by kind: sockets, timeouts. */
  readonly resources: Readonly<Record<string, number>>
  /** MB, after a collection. */
  readonly heapMb: number
  /** Resident memory, in MB. */
  readonly rssMb: number
  /** The longest that the event loop has stood still since the process started, in milliseconds. */
  readonly stillMs: number
}

const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()
const { app, port } = await serve()

function inside(): Inside {
  const resources: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
  // Before the collection, which stands still itself.
  const stillMs = delay.max / 1e6
  globalThis.gc?.()
  return {
    timers: app.runtime.timers.size,
    loading: app.runtime.cache.loading,
    resources,
    heapMb: process.memoryUsage().heapUsed / 2 ** 20,
    rssMb: process.memoryUsage.rss() / 2 ** 20,
    stillMs,
  }
}

report({ port }, { inside })
