import cluster, { type Worker } from 'node:cluster'
import { isMessage, type Message } from './bus.ts'

/** The first pause before a worker that died is replaced, and the longest. Milliseconds. */
const BACKOFF = { first: 100, longest: 10_000, healthy: 30_000 }

/**
 * Runs workers on one port: passes invalidations on between them, replaces one that dies (with backoff, so that one that
 * cannot live does not burn the machine), and ends them all when it is told to stop. The first one starts alone, so that
 * what is wrong with the start is said once.
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
  /** The workers that live, with the time at which they started. */
  const workers = new Map<Worker, number>()
  const relay = openRelay(workers)
  let started = false
  let stopping = false
  let pause = BACKOFF.first
  const fork = () => void workers.set(cluster.fork(), Date.now())
  return new Promise((resolve) => {
    cluster.on('message', (from, message: unknown) => {
      if (!isMessage(message)) return
      if (message.facet !== 'serving') return relay.pass(from, message)
      if (started || stopping) return
      started = true
      for (let i = 1; i < count; i++) fork()
    })
    cluster.on('exit', (worker, code, signal) => {
      const lived = Date.now() - (workers.get(worker) ?? 0)
      workers.delete(worker)
      relay.forget(worker)
      if (stopping) {
        if (workers.size === 0) resolve(0)
        return
      }
      // None has ever served: the start itself is wrong, and trying again would only say so again.
      if (!started) return resolve(code || 1)
      if (lived > BACKOFF.healthy) pause = BACKOFF.first
      log(`worker ${worker.process.pid} ended (${signal ?? code}); another one starts in ${pause} ms`)
      setTimeout(() => stopping || fork(), pause)
      pause = Math.min(BACKOFF.longest, pause * 2)
    })
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        stopping = true
        if (workers.size === 0) resolve(0)
        for (const worker of workers.keys()) worker.process.kill('SIGTERM')
      })
    }
    fork()
  })
}

/** One worker's invalidation, until all others have taken note. */
interface Round {
  readonly from: Worker
  readonly id: number
  readonly left: Set<Worker>
}

/** Passes an invalidation on to all other workers, and tells the one it came from when they have taken note. */
function openRelay(workers: ReadonlyMap<Worker, number>) {
  const rounds = new Map<number, Round>()
  let last = 0
  // A worker may die at any time; without a callback, what can no longer be sent to it would end this process.
  const tell = (worker: Worker, message: Message) => void (worker.isConnected() && worker.send(message, () => {}))
  const note = (round: number, by: Worker) => {
    const { from, id, left } = rounds.get(round) ?? {}
    left?.delete(by)
    if (from === undefined || id === undefined || left?.size !== 0) return
    rounds.delete(round)
    tell(from, { facet: 'invalidated', id })
  }
  return {
    pass: (from: Worker, { facet, id, purge = {} }: Message) => {
      if (facet === 'invalidated') return note(id, from)
      const others = [...workers.keys()].filter((worker) => worker !== from && worker.isConnected())
      const round = ++last
      rounds.set(round, { from, id, left: new Set(others) })
      for (const other of others) tell(other, { facet: 'invalidate', id: round, purge })
      note(round, from)
    },
    /** A worker that has died will take note of nothing. */
    forget: (worker: Worker) => {
      for (const round of rounds.keys()) note(round, worker)
    },
  }
}
