// Facet as `npm start` starts it, with the routes that the environment names; it answers what only the process itself knows.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { upstreamsOf } from '../../src/call/upstream.ts'
import { type BackendRecord, channels } from '../../src/channels.ts'
import { serve } from '../../src/serve.ts'
import { report } from '../bench/support/child.ts'
import { PAIR_NAME } from './pair.ts'

/** What a Facet says of itself. */
export interface Inside {
  /** Timers of the wheel that are set. */
  readonly timers: number
  /** Loads of the cache under way. */
  readonly loading: number
  /** Calls in flight to backends, and those that wait for their turn. */
  readonly places: number
  /** What keeps the event loop busy, by kind: sockets, timeouts. */
  readonly resources: Readonly<Record<string, number>>
  /** MB, after a collection. */
  readonly heapMb: number
  /** Resident memory, in MB. */
  readonly rssMb: number
  /** The longest that the event loop has stood still since the process started, in milliseconds. */
  readonly stillMs: number
}

/** Something has become of an instance of the pair. */
export interface Change {
  readonly event: BackendRecord['event']
  /** Begins with its URL. */
  readonly instance: string
  /** When, as `performance.now()` counts for who asks. */
  readonly at: number
}

const changes: Change[] = []
channels.backend.subscribe((message) => {
  const { backend, event, instance } = message as BackendRecord
  if (backend === PAIR_NAME && instance !== undefined) changes.push({ event, instance, at: Date.now() })
})

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
    places: places(),
    resources,
    heapMb: process.memoryUsage().heapUsed / 2 ** 20,
    rssMb: process.memoryUsage.rss() / 2 ** 20,
    stillMs,
  }
}

function places(): number {
  return [...upstreamsOf(app.runtime).values()]
    .map((upstream) => upstream.report())
    .flatMap(({ calls, instances }) => [
      calls?.inFlight ?? 0,
      calls?.waiting ?? 0,
      ...instances.map((one) => one.inFlight),
    ])
    .reduce((sum, count) => sum + count, 0)
}

report(
  { port },
  { inside, changes: (origin: number) => changes.map((change) => ({ ...change, at: change.at - origin })) },
)
