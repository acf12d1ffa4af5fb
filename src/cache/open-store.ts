import { type GuardedStore, guarded } from './guarded.ts'
import { type MemoryBounds, type MemoryStore, memoryStore } from './memory.ts'
import { Patience } from './patience.ts'
import { type RedisOptions, redisStore } from './redis/redis-store.ts'
import type { Purge, RemoteStore, Store } from './store.ts'
import { tieredStore } from './tiered.ts'

/** Which store, and its bounds. */
export interface StoreOptions {
  /** `tiered` is memory in front of Redis. */
  readonly kind: 'memory' | 'redis' | 'tiered'
  readonly memory: MemoryBounds
  readonly redis: (RedisOptions & GuardedBy) | undefined
}

interface GuardedBy {
  /** How long a request waits for Redis at the most, in all. Milliseconds. */
  readonly wait: number
}

/** A store, with what lives around it. */
export interface OpenStore {
  readonly store: Store
  /** What is held in this process; empty where there is nothing but Redis. */
  readonly memory: MemoryStore
  /** How long one request may wait for the store; undefined where it never has to. */
  patience(): Patience | undefined
  /** Calls back when other processes have purged. */
  onPurge(listener: (purge: Purge) => void): void
  /** Resolves when a remote store works, or when it has had its time to begin: what is not there is not waited for. */
  started(): Promise<void>
  close(): void
}

/** How often a remote store is asked whether it works, and whether a purge has been missed: twice within a second. Milliseconds. */
const CHECK = 400
/** How long a start waits for it. Milliseconds. */
const START = 1_000

/** Opens the store that is wanted. */
export function openStore({ kind, memory: bounds, redis }: StoreOptions): OpenStore {
  const memory = memoryStore(bounds)
  if (kind === 'memory' || !redis) {
    const nothing = () => {}
    return {
      store: memory,
      memory,
      patience: () => undefined,
      onPurge: nothing,
      started: async () => {},
      close: nothing,
    }
  }
  return around(redisStore(redis), redis.wait, kind === 'tiered' ? memory : undefined, memory)
}

function around(remote: RemoteStore, wait: number, tier: MemoryStore | undefined, memory: MemoryStore): OpenStore {
  const guard = guarded(remote, { wait, check: CHECK })
  return {
    store: tier ? tieredStore(tier, guard) : guard,
    memory,
    patience: () => new Patience(wait),
    onPurge: (listener) => remote.onPurge(listener),
    started: () => upWithin(guard, START),
    close: () => guard.close(),
  }
}

async function upWithin(guard: GuardedStore, most: number): Promise<void> {
  for (let waited = 0; !guard.isUp && waited < most; waited += 10)
    await new Promise((resolve) => void setTimeout(resolve, 10))
}
