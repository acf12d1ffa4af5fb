import type { CancelToken } from '../lib/cancel.ts'

/** A request body that is ready to be sent. */
export interface Encoded {
  readonly body: string | Buffer
  readonly contentType: string
}

/**
 * Bytes to values: made once an operation from its `output` schema, run for every answer. What takes too long to be done in
 * one go comes as a promise; the token ends it.
 */
export type Decode = (bytes: Buffer, contentType: string | undefined, token?: CancelToken) => unknown

/** Values to bytes: made once an operation from its `request` schema. */
export type Encode = (value: unknown) => Encoded
