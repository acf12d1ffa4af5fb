import type { CancelToken } from '../../lib/cancel.ts'
import type { Fields } from '../../lib/fields.ts'
import type { Patience } from '../patience.ts'
import type { ReceivedHead } from './response.ts'

/** A request, as a cache sees it. */
export interface HttpRequest {
  readonly method: string
  /** Absolute, without a fragment. */
  readonly url: string
  /** How the client has reached this server: an answer may have links made of it, so it tells variants apart. */
  readonly reached: string
  /** Without those of its connection. */
  readonly fields: Fields
  /** How long it waits for the cache's store, in all. */
  readonly patience?: Patience | undefined
}

/** What the origin answers. */
export interface OriginResponse extends ReceivedHead {
  /** The body as it comes; it fails where it is cut off. */
  readonly body: AsyncIterable<Buffer>
  /** What it calls its status. */
  readonly reason?: string | undefined
  /** What has come behind the body, names and values in turn; nothing before the body is read. */
  readonly trailers?: (() => readonly string[]) | undefined
}

/**
 * Asks the origin, with these fields in the place of the request's own.
 *
 * @param isShared whether others may be given the answer: then nothing is said that tells this client from them
 */
export type AskOrigin = (fields: Fields, token: CancelToken, isShared: boolean) => Promise<OriginResponse>

/** What the client is sent. */
export interface Served {
  readonly status: number
  /** Without those of a connection. */
  readonly fields: Fields
  /** All of it, or as it comes; undefined for none. */
  readonly body: Buffer | AsyncIterable<Buffer> | undefined
  /** Of what is passed on as it comes, as `OriginResponse` has them; what is kept has neither. */
  readonly reason?: string | undefined
  readonly trailers?: OriginResponse['trailers']
  /** The names of the trailers, as far as they are announced. */
  readonly trailer?: string | undefined
}
