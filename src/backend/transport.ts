import type { Instance } from '../call/balance/instance.ts'
import type { CallContext } from '../call/call.ts'
import type { Bounds } from '../call/timeout.ts'

/** One request to a backend. */
export interface Outgoing {
  readonly method: string
  /** Path and query, from the root of the backend's URL. */
  readonly path: string
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body: string | Buffer | null
}

/** One answer of a backend, whole. */
export interface Answer {
  readonly status: number
  readonly contentType: string | undefined
  readonly body: Buffer
  /** By their names in lower case. */
  readonly headers?: ResponseHeaders
}

/** The header fields of an answer: a field that came more than once has a list, or one value with commas. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>

/**
 * A way to a backend: undici-transport.ts and axios-transport.ts, chosen in open-transport.ts.
 *
 * @throws FacetError from `send`: `backend-unreachable`, `backend-timeout`, `deadline`, `backend-malformed` (not HTTP, or
 *   larger than the backend's `maxBytes`), `internal` (a request that cannot be sent); or the reason of the cancellation
 */
export interface Transport {
  /** @param bounds of this attempt */
  send(outgoing: Outgoing, context: CallContext, instance: Instance, bounds: Bounds): Promise<Answer>
  close(): Promise<void>
}
