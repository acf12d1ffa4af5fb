import cluster from 'node:cluster'
import type { Purge } from '../cache/store.ts'

/** What workers and their primary tell each other: that entries are old, that this has been taken note of, and that one serves. */
export interface Message {
  readonly facet: 'invalidate' | 'invalidated' | 'serving'
  /** Of the sender's choice; the answer bears the same. */
  readonly id: number
  readonly purge?: Purge
}

export function isMessage(message: unknown): message is Message {
  return typeof message === 'object' && message !== null && typeof (message as Partial<Message>).facet === 'string'
}

/** How an invalidation reaches the other workers on the port. */
export interface Bus {
  /** Resolves when every other worker has taken note, so that whoever is answered after that finds nothing old anywhere. */
  send(purge: Purge): Promise<void>
  receive(apply: (purge: Purge) => Promise<void>): void
  close(): void
}

/** Tells the primary something. It may be gone by now; this process will be, too. */
function tell(message: Message): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}

/** A worker's word that nothing was wrong with its start. */
export function tellServing(): void {
  if (cluster.isWorker) tell({ facet: 'serving', id: 0 })
}

/** How long an answer is held back for a worker that does not take note, in milliseconds. */
const PATIENCE = 1_000

/** The bus of a worker; of a process that is alone, nothing goes anywhere. */
export function openBus(): Bus {
  if (!cluster.isWorker) return { send: async () => {}, receive: () => {}, close: () => {} }
  const waiting = new Map<number, () => void>()
  let apply: (purge: Purge) => Promise<void> = async () => {}
  let last = 0
  const listener = (message: unknown) => {
    if (!isMessage(message)) return
    const { facet, id, purge = {} } = message
    if (facet === 'invalidated') return waiting.get(id)?.()
    const taken = () => tell({ facet: 'invalidated', id })
    apply(purge).then(taken, taken)
  }
  process.on('message', listener)
  return {
    send: (purge) =>
      new Promise((resolve) => {
        const id = ++last
        const done = () => {
          clearTimeout(late)
          waiting.delete(id)
          resolve()
        }
        const late = setTimeout(done, PATIENCE)
        waiting.set(id, done)
        tell({ facet: 'invalidate', id, purge })
      }),
    receive: (given) => {
      apply = given
    },
    close: () => {
      process.off('message', listener)
      for (const done of waiting.values()) done()
    },
  }
}
