import { z } from 'zod'
import type { Call, Effect } from '../call/call.ts'
import type { Decode, Encode } from '../codec/codec.ts'
import { CODES, DefinitionError } from '../errors.ts'
import type { PathParams } from '../lib/path.ts'
import { answerReader, type Refusals } from './answer.ts'
import type { Backend } from './backend.ts'
import { checkRequest, compile, operationCall } from './operation-call.ts'
import { defineOperation, type OperationOptions } from './operation-options.ts'
import { addHeaders, fillTemplate, type PathValue, parseTemplate, type Query, writeQuery } from './request.ts'
import type { Outgoing } from './transport.ts'

/** A path's parameters as an input: what can be written into a path. */
export type PathInput<P extends string> = { readonly [K in keyof PathParams<P>]: PathValue }

/** One request on the wire. */
export type Wire<Params> = {
  readonly query?: Query
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string | undefined>>
} & (keyof Params extends never
  ? { readonly params?: undefined }
  : { readonly params: { readonly [K in keyof Params]: PathValue } })

/** An operation that may be refused. */
interface Refusing {
  /**
   * Statuses from 400 to 499 that reach the client, since they are the backend's word and not its failure: a payment that is
   * refused is no 502. Each with the code and the status that the client is told, if these are not `backend-refused` and the same.
   *
   * @example { 402: {}, 409: { as: 'precondition-failed' } }
   */
  readonly refusals?: Refusals
}

const refusalsOption = z
  .record(
    z.string().regex(/^4\d\d$/, 'a status from 400 to 499 was expected'),
    z.strictObject({ as: z.enum(CODES).optional(), status: z.number().int().min(400).max(599).optional() }),
  )
  .optional()

/** An operation whose input is its path's parameters. */
export interface HttpOperation<I, S extends z.ZodType> extends OperationOptions<I, z.output<S>>, Refusing {
  /** What the answer must be, and what it becomes. */
  readonly output: S
  readonly input?: undefined
  readonly request?: undefined
}

/** An operation with a function from the input to the request. */
export interface HttpOperationWithInput<Params, I, S extends z.ZodType>
  extends OperationOptions<I, z.output<S>>,
    Refusing {
  /** The request for an input: pure. */
  readonly input: (input: I) => Wire<Params>
  /** The wire shape of the body; for XML it directs how the body is written. */
  readonly request?: z.ZodType
  readonly output: S
}

type HasAny<I> = 0 extends 1 & I
  ? true
  : I extends object
    ? true extends { [K in keyof I]: 0 extends 1 & I[K] ? true : false }[keyof I]
      ? true
      : false
    : false

/** Refuses an `input` function whose parameter has no type: the call's input would be `any`, and nobody would notice. */
export type Written<I> =
  HasAny<I> extends true
    ? { readonly input: "write the type of this function's parameter: it becomes the type of the call's input" }
    : unknown

/** Makes a call of an operation over HTTP, whatever the codec. */
export function httpOperation(
  backend: Backend,
  method: string,
  path: `/${string}`,
  fallbackEffect: Effect,
  decoder: (output: z.ZodType) => Decode,
  encoder: (request: z.ZodType | undefined) => Encode,
  operation: HttpOperationWithInput<never, never, z.ZodType>,
): Call<never, unknown> {
  const { input, request, output, refusals } = operation
  const settings = defineOperation(backend, `${method} ${path}`, fallbackEffect, operation, {
    refusals: refusalsOption,
  })
  const what = `backend '${backend.name}', operation '${settings.name}'`
  if (!path.startsWith('/') || /[\s?#*{}]/.test(path))
    throw new DefinitionError(
      `${what}: the path '${path}' must start with '/' and hold only text and :parameters; a query goes into 'input'`,
    )
  const template = parseTemplate(path)
  const [decode, encode] = compile(what, () => [decoder(output), encoder(request)] as const)
  const read = answerReader(`${backend.name} ${settings.name}`, decode, output, refusals)
  // The overloads of `Define` have tied the input's type to the path and the function; in here it is opaque.
  const toWire = (input ?? ((params: unknown) => ({ params }))) as (value: never) => Wire<Record<string, string>>
  const write = (value: never): Outgoing => {
    const wire = toWire(value)
    const named = wire.headers ? Object.keys(wire.headers).map((name) => name.toLowerCase()) : NONE
    const headers = named.includes('accept') ? [] : ['accept', ACCEPT]
    let body: string | Buffer | null = null
    if (wire.body !== undefined) {
      const encoded = encode(request ? checkRequest(request, wire.body) : wire.body)
      body = encoded.body
      if (!named.includes('content-type')) headers.push('content-type', encoded.contentType)
    }
    addHeaders(headers, wire.headers)
    return { method, path: fillTemplate(template, wire.params ?? NOTHING) + writeQuery(wire.query), headers, body }
  }
  return operationCall(settings, write, read, input !== undefined)
}

const NOTHING = {}
const NONE: readonly string[] = []
const ACCEPT = 'application/json, application/xml;q=0.9, */*;q=0.1'
