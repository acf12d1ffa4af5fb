/** A request body that is ready to be sent. */
export interface Encoded {
  readonly body: string | Buffer
  readonly contentType: string
}

/** Bytes to values: made once an operation from its `output` schema, run for every answer. */
export type Decode = (bytes: Buffer, contentType: string | undefined) => unknown

/** Values to bytes: made once an operation from its `request` schema. */
export type Encode = (value: unknown) => Encoded
