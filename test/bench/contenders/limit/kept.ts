import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Prepared, send } from './reply.ts'

/** Answers by id, each fresh for so many seconds. */
export class Kept {
  readonly #seconds: number
  readonly #entries = new Map<string, { prepared: Prepared; storedMs: number }>()

  constructor(seconds: number) {
    this.#seconds = seconds
  }

  /** Answers a request if there is something fresh to answer it with; says whether there was. */
  send(id: string, req: IncomingMessage, res: ServerResponse): boolean {
    const entry = this.#entries.get(id)
    if (!entry) return false
    const age = Math.floor((performance.now() - entry.storedMs) / 1000)
    if (age >= this.#seconds) return false
    const status = `Facet; hit; ttl=${this.#seconds - age}`
    send(req, res, entry.prepared, ['cache-status', status, 'age', String(age)])
    return true
  }

  set(id: string, prepared: Prepared): void {
    this.#entries.set(id, { prepared, storedMs: performance.now() })
  }
}
