import type { z } from 'zod'
import type { Call, Effect } from '../call/call.ts'
import type { Encode } from '../codec/codec.ts'
import { decodeJson, encodeJson } from '../codec/json.ts'
import type { PathParams } from '../lib/path.ts'
import { type Backend, type BackendOptions, defineBackend } from './backend.ts'
import {
  type HttpOperation,
  type HttpOperationWithInput,
  httpOperation,
  type PathInput,
  type Written,
} from './http-operation.ts'

/** Defines one operation: its path, what it takes and what it answers. Overloads: with an `input` function, or without. */
export interface Define {
  /** The input is the path's parameters. */
  <P extends `/${string}`, S extends z.ZodType>(
    path: P,
    operation: HttpOperation<PathInput<P>, S>,
  ): Call<PathInput<P>, z.output<S>>
  /** The input is whatever the `input` function takes. */
  <P extends `/${string}`, S extends z.ZodType, I>(
    path: P,
    operation: HttpOperationWithInput<PathParams<P>, I, S> & Written<I>,
  ): Call<I, z.output<S>>
}

/** The operations of a backend that speaks JSON over HTTP. */
export interface Rest extends Backend {
  readonly get: Define
  readonly post: Define
  readonly put: Define
  readonly patch: Define
  readonly delete: Define
}

/**
 * A backend that speaks JSON over HTTP.
 *
 * @example
 * const shop = rest('shop', { url: env('SHOP_URL'), timeout: '2s' })
 * export const product = shop.get('/products/:sku', { output: z.object({ sku: z.string(), price: z.number() }) })
 * export const orders = shop.get('/orders', {
 *   input: ({ userId, limit }: { userId: string; limit: number }) => ({ query: { userId, _limit: limit } }),
 *   output: z.array(z.object({ id: z.number(), sku: z.string() })),
 * })
 * @throws DefinitionError with the option and its value
 */
export function rest(name: string, options: BackendOptions): Rest {
  const backend = defineBackend(name, options)
  return Object.freeze({
    ...backend,
    ...methods(
      backend,
      () => decodeJson,
      () => encodeJson,
    ),
  })
}

type DecoderOf = Parameters<typeof httpOperation>[4]

/** One `Define` a method, for whatever codec. */
export function methods(backend: Backend, decoder: DecoderOf, encoder: (schema: z.ZodType | undefined) => Encode) {
  const define = (method: string, effect: Effect): Define =>
    ((path: `/${string}`, operation: HttpOperationWithInput<never, never, z.ZodType>) =>
      httpOperation(backend, method, path, effect, decoder, encoder, operation)) as unknown as Define
  return {
    get: define('GET', 'read'),
    post: define('POST', 'write'),
    put: define('PUT', 'write'),
    patch: define('PATCH', 'write'),
    delete: define('DELETE', 'write'),
  }
}
