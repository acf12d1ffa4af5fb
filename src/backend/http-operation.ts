import type { z } from 'zod'
import type { Call, Effect, Run } from '../call/call.ts'
import { pipeline } from '../call/pipeline.ts'
import type { Decode, Encode } from '../codec/codec.ts'
import { DefinitionError, FacetError } from '../errors.ts'
import type { PathParams } from '../lib/path.ts'
import { answerReader } from './answer.ts'
import { type Backend, defineOperation, type OperationOptions } from './backend.ts'
import { addHeaders, fillTemplate, type PathValue, parseTemplate, type Query, writeQuery } from './request.ts'
import { transportOf } from './transport.ts'

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

/** An operation whose input is its path's parameters. */
export interface HttpOperation<I, S extends z.ZodType> extends OperationOptions<I> {
  /** What the answer must be, and what it becomes. */
  readonly output: S
  readonly input?: undefined
  readonly request?: undefined
}

/** An operation with a function from the input to the request. */
export interface HttpOperationWithInput<Params, I, S extends z.ZodType> extends OperationOptions<I> {
  /** The request for an input: pure. */
  readonly input: (input: I) => Wire<Params>
  /** The wire shape of the body; for XML it directs how the body is written. */
  readonly request?: z.ZodType
  readonly output: S
}

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
  const { input, request, output } = operation
  const settings = defineOperation(backend, `${method} ${path}`, fallbackEffect, operation)
  const what = `backend '${backend.name}', operation '${settings.name}'`
  if (!path.startsWith('/') || /[\s?#*{}]/.test(path))
    throw new DefinitionError(
      `${what}: the path '${path}' must start with '/' and hold only text and :parameters; a query goes into 'input'`,
    )
  const template = parseTemplate(path)
  const [decode, encode] = compile(what, () => [decoder(output), encoder(request)] as const)
  const read = answerReader(`${backend.name} ${settings.name}`, decode, output)
  // The overloads of `Define` have tied the input's type to the path and the function; in here it is opaque.
  const toWire = (input ?? ((params: unknown) => ({ params }))) as (value: never) => Wire<Record<string, string>>
  return {
    name: settings.name,
    effect: settings.effect,
    backends: [backend],
    parts: [],
    bind: (runtime) => {
      const transport = transportOf(backend, runtime)
      const send: Run<never, unknown> = async (value, context) => {
        const wire = toWire(value)
        const headers = ['accept', ACCEPT]
        let body: string | Buffer | null = null
        if (wire.body !== undefined) {
          const encoded = encode(request ? checkRequest(request, wire.body) : wire.body)
          body = encoded.body
          headers.push('content-type', encoded.contentType)
        }
        addHeaders(headers, wire.headers)
        const target = fillTemplate(template, wire.params ?? NOTHING) + writeQuery(wire.query)
        const answer = await transport.send({ method, path: target, headers, body }, context, settings.timeout)
        context.bytes = answer.body.length
        return read(answer)
      }
      return pipeline(send, runtime, settings)
    },
  }
}

const NOTHING = {}
const ACCEPT = 'application/json, application/xml;q=0.9, */*;q=0.1'

/** A schema that the codec cannot follow stops the start with the operation's name, not a request. */
export function compile<T>(what: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new DefinitionError(`${what}: ${error instanceof Error ? error.message : error}`, error)
  }
}

/** What an `input` function gave must be what `request` declares: anything else is a mistake in the program. */
export function checkRequest(request: z.ZodType, value: unknown): unknown {
  const parsed = request.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new FacetError('internal', {
    detail: `the request does not match its declared shape: ${issue?.path.join('.')}: ${issue?.message}`,
    cause: parsed.error,
  })
}
