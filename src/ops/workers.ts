import cluster, { type Worker } from 'node:cluster'

/** What one worker tells the others: tags that are old, or everything. */
interface Message {
  readonly facet: 'invalidate'
  readonly tags: readonly string[] | undefined
}

function isMessage(message: unknown): message is Message {
  return typeof message === 'object' && message !== null && (message as Partial<Message>).facet === 'invalidate'
}

/** How an invalidation reaches the other workers on the port. */
export interface Bus {
  send(tags: readonly string[] | undefined): void
  receive(apply: (tags: readonly string[] | undefined) => void): void
  close(): void
}

/** The bus of a worker; of a process that is alone, nothing goes anywhere. */
export function openBus(): Bus {
  const listeners = new Set<(message: unknown) => void>()
  return {
    send: (tags) =>
      void (cluster.isWorker && process.connected && process.send?.({ facet: 'invalidate', tags } satisfies Message)),
    receive: (apply) => {
      const listener = (message: unknown) => {
        if (isMessage(message)) apply(message.tags)
      }
      listeners.add(listener)
      if (cluster.isWorker) process.on('message', listener)
    },
    close: () => {
      for (const listener of listeners) process.off('message', listener)
    },
  }
}

/** The first pause before a worker that died is replaced, and the longest. Milliseconds. */
const BACKOFF = { first: 100, longest: 10_000, healthy: 30_000 }

/**
 * Runs workers on one port: passes invalidations on between them, replaces one that dies (with backoff, so that one that
 * cannot live does not burn the machine), and ends them all when it is told to stop.
 *
 * @param exec the module that a worker runs
 * @returns the exit code, once every worker has ended
 */
export function runWorkers(
  count: number,
  exec: string,
  execArgv: readonly string[],
  log: (message: string) => void,
): Promise<number> {
  cluster.setupPrimary({ exec, execArgv: [...execArgv] })
  let stopping = false
  let started = 0
  let pause = BACKOFF.first
  const startedAt = new Map<number, number>()
  const fork = () => startedAt.set(cluster.fork().id, Date.now())
  const all = () => Object.values(cluster.workers ?? {}) as Worker[]
  return new Promise((resolve) => {
    cluster.on('message', (from, message: unknown) => {
      if (isMessage(message)) for (const worker of all()) if (worker.id !== from.id) worker.send(message)
    })
    cluster.on('listening', () => {
      started++
    })
    cluster.on('exit', (worker, code, signal) => {
      const lived = Date.now() - (startedAt.get(worker.id) ?? 0)
      startedAt.delete(worker.id)
      // None has ever listened: the start itself is wrong, and trying again would only say so again.
      if (started === 0) stopping = true
      if (stopping) {
        if (all().length === 0) resolve(started === 0 ? code || 1 : 0)
        return
      }
      pause = lived > BACKOFF.healthy ? BACKOFF.first : Math.min(BACKOFF.longest, pause * 2)
      log(`worker ${worker.process.pid} ended (${signal ?? code}); another one starts in ${pause} ms`)
      setTimeout(() => stopping || fork(), pause)
    })
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        stopping = true
        if (all().length === 0) resolve(0)
        for (const worker of all()) worker.process.kill('SIGTERM')
      })
    }
    for (let i = 0; i < count; i++) fork()
  })
}
