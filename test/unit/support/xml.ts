import { SaxesParser } from 'saxes'
import { z } from 'zod'
import {
  elementWriter,
  ShapeError,
  XmlLimitError,
  type XmlReading,
  XmlSyntaxError,
  xmlDecoder,
} from '../../../src/codec/xml/index.ts'
import { failureOf } from './failure.ts'

export const XSI = 'http://www.w3.org/2001/XMLSchema-instance'
export const XML = 'http://www.w3.org/XML/1998/namespace'

/** How a test reads: as an operation does, with the Content-Type of the answer. */
export interface Reading extends XmlReading {
  readonly contentType?: string
}

/** What the decoder makes of a document, before the schema checks it. */
export function decoded(
  schema: z.ZodType,
  document: string | Buffer,
  { contentType, ...reading }: Reading = {},
): unknown {
  // Documents are small here: those above the size are read in slices, and come as a promise.
  return xmlDecoder(schema, reading)(Buffer.from(document as string), contentType)
}

/** What a schema makes of a document: read, then checked. */
export function read<S extends z.ZodType>(schema: S, document: string | Buffer, reading: Reading = {}): z.output<S> {
  return schema.parse(decoded(schema, document, reading))
}

/** Where the schema refuses what has been read, as paths; none where it takes it. */
export function refusedAt(schema: z.ZodType, document: string | Buffer): string[] {
  const parsed = schema.safeParse(decoded(schema, document))
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'))
}

/** What the reader itself says of a document that does not have the declared shape. */
export function misshapen(schema: z.ZodType, document: string | Buffer, reading: Reading = {}): string {
  const failure = failureOf(() => decoded(schema, document, reading))
  if (failure.code !== 'backend-shape' || !(failure.cause instanceof ShapeError)) throw failure
  return failure.message
}

/** What is said of a document that is not well-formed or is beyond the limits; 'accepted' for any other. */
export function complaint(document: string | Buffer, reading: Reading = {}): string {
  let failure: ReturnType<typeof failureOf>
  try {
    failure = failureOf(() => decoded(z.object({}), document, reading))
  } catch (error) {
    if (error instanceof Error && error.message === 'a failure was expected') return 'accepted'
    throw error
  }
  const { cause } = failure
  if (failure.code !== 'backend-malformed' || !(cause instanceof XmlSyntaxError || cause instanceof XmlLimitError))
    throw failure
  return cause.message
}

/** Whether saxes, with namespaces, takes a document: a second opinion on the specification. */
export function saxesAccepts(text: string): boolean {
  const parser = new SaxesParser({ xmlns: true, position: false })
  let fine = true
  parser.on('error', () => {
    fine = false
  })
  parser.write(text).close()
  return fine
}

/** How a test writes: the root is `r` unless something else is said. */
export interface Writing {
  readonly local?: string
  readonly ns?: string
  readonly prefix?: string
  readonly unsendable?: 'refuse' | 'replace'
}

/** What is written of a value, without the declaration; well-formed, or the test fails. */
export function written(schema: z.ZodType, value: unknown, writing: Writing = {}): string {
  const { unsendable, local = 'r', ns = '', ...name } = writing
  const text = elementWriter(schema, { local, ns, ...name }, unsendable ? { unsendable } : {})(value)
  if (!saxesAccepts(text) || complaint(text) !== 'accepted') throw new Error(`what is written is malformed: ${text}`)
  return text
}
