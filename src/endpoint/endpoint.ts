import type { z } from 'zod'
import type { Call } from '../call/call.ts'
import { DefinitionError } from '../errors.ts'
import type { Simplify } from '../lib/path.ts'
import { checkEndpoint, type EndpointOptions, type EndpointSettings } from './options.ts'
import type { AnyRequest, Auth, RequestOf, Route, Share } from './request.ts'

const BRAND = Symbol.for('facet.endpoint')

/** One source: a name, a call, the earlier sources it needs, and the call's input. */
export interface Source {
  readonly name: string
  readonly call: Call<never, unknown>
  readonly needs: readonly string[]
  /** Pure; `undefined` leaves the source out. */
  readonly input: (request: never) => unknown
}

/** What a source cannot be called: the names that an input function has the request's parts under. */
export type Reserved = 'params' | 'query' | 'body' | 'headers' | 'user'

/** A readable compile error instead of `never`. */
type Fresh<N extends string, D> = N extends keyof D
  ? `the source '${N}' is already declared`
  : N extends Reserved
    ? `'${N}' is a part of the request and cannot name a source`
    : N extends `${number}${string}`
      ? `the source '${N}' must start with a letter`
      : N
type With<D, N extends string, O, R> = Simplify<D & { [K in N]: O | (undefined extends R ? undefined : never) }>

/**
 * A route and what is fetched for it. `Req` is what input functions see of the request, `D` the sources' record, `T` the
 * canonical shape that transforms start from (the record itself, unless there is a merge).
 */
export interface Endpoint<Req, D, T = D> {
  readonly [BRAND]: true
  readonly route: Route
  readonly settings: EndpointSettings
  readonly sources: readonly Source[]
  readonly shape: ((data: D) => T) | undefined

  /**
   * Adds a source that needs nothing but the request. It starts at once, beside the others.
   *
   * @param input the call's input: a pure function of the request; `undefined` leaves the source out
   */
  source<const N extends string, I, O, R extends NoInfer<I> | undefined>(
    name: Fresh<N, D>,
    call: Call<I, O>,
    input: (request: Req) => R,
  ): Endpoint<Req, With<D, N, O, R>>

  /**
   * Adds a source that needs earlier ones. It starts the moment they have settled.
   *
   * @param needs the names of the earlier sources that `input` reads
   */
  source<const N extends string, I, O, R extends NoInfer<I> | undefined, const K extends keyof D & string>(
    name: Fresh<N, D>,
    call: Call<I, O>,
    needs: readonly K[],
    input: (request: Simplify<Req & Pick<D, K>>) => R,
  ): Endpoint<Req, With<D, N, O, R>>

  /** Makes the canonical shape from the sources' record: pure, and the last thing said of an endpoint. */
  merge<M>(shape: (data: D) => M): Merged<Req, D, M>
}

/** An endpoint whose shape is settled: it takes no more sources. */
export type Merged<Req, D, T> = Omit<Endpoint<Req, D, T>, 'source' | 'merge'> & { readonly [MERGED]: true }
declare const MERGED: unique symbol

/** Any endpoint, where its types do not matter. */
export type AnyEndpoint = Pick<
  Endpoint<AnyRequest, AnyRequest, AnyRequest>,
  typeof BRAND | 'route' | 'settings' | 'sources' | 'shape'
>

/** What an endpoint's transforms start from. */
export type Data<E> = E extends { readonly shape: ((data: never) => infer T) | undefined } ? T : never

/**
 * Defines an endpoint: a route, what it takes, and then its sources.
 *
 * @example
 * export default endpoint('GET /customers/:id/overview', { cache: { ttl: '30s' } })
 *   .source('customer', customer, ({ params }) => ({ id: params.id }))
 *   .source('invoices', optional(invoices, []), ['customer'], ({ customer }) => ({ customer: customer.number }))
 * @throws DefinitionError with the option and its value
 */
export function endpoint<
  const R extends Route,
  Q extends z.ZodType = z.ZodType<{}>,
  B extends z.ZodType = z.ZodType,
  H extends z.ZodType = z.ZodType,
  A extends Auth = 'none',
  S extends Share = 'user',
>(route: R, options: EndpointOptions<R, Q, B, H, A, S> = {}): Endpoint<RequestOf<R, Q, B, H, A, S>, {}> {
  const settings = checkEndpoint(route, options as never)
  return build(route, settings, [], undefined) as never
}

function build(
  route: Route,
  settings: EndpointSettings,
  sources: readonly Source[],
  shape: AnyEndpoint['shape'],
): AnyEndpoint {
  const what = `endpoint '${route}'`
  const methods = {
    source: (name: string, call: Source['call'], ...rest: unknown[]) => {
      const [needs, input] = (rest.length > 1 ? rest : [[], rest[0]]) as [string[], Source['input']]
      const declared = sources.map((source) => source.name)
      if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name))
        throw new DefinitionError(`${what}: the source '${name}' must be named with letters and digits, a letter first`)
      if (['params', 'query', 'body', 'headers', 'user'].includes(name))
        throw new DefinitionError(`${what}: '${name}' is a part of the request and cannot name a source`)
      if (declared.includes(name)) throw new DefinitionError(`${what}: the source '${name}' is already declared`)
      // A function has a `bind` too, and is no call.
      if (typeof call !== 'object' || typeof call?.bind !== 'function')
        throw new DefinitionError(`${what}: the source '${name}' has no call; an operation of a backend was expected`)
      if (typeof input !== 'function')
        throw new DefinitionError(`${what}: the source '${name}' has no function that gives the call's input`)
      for (const need of needs) {
        if (!declared.includes(need))
          throw new DefinitionError(`${what}: the source '${name}' needs '${need}', which is not declared before it`)
      }
      if (settings.cache && call.effect === 'write')
        throw new DefinitionError(`${what}: the source '${name}' is a write, and a cached endpoint cannot have one`)
      return build(route, settings, [...sources, { name, call, needs, input }], undefined)
    },
    merge: (merge: NonNullable<AnyEndpoint['shape']>) => build(route, settings, sources, merge),
  }
  return Object.freeze({ [BRAND]: true as const, route, settings, sources, shape, ...(shape ? {} : methods) })
}

export function isEndpoint(value: unknown): value is AnyEndpoint {
  return typeof value === 'object' && value !== null && BRAND in value
}
