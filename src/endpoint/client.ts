import { z } from 'zod'
import { DefinitionError } from '../errors.ts'
import { isToken } from '../lib/headers.ts'
import type { Simplify } from '../lib/path.ts'
import { checkOptions } from '../options.ts'
import { type AnyEndpoint, type Data, type Endpoint, isEndpoint } from './endpoint.ts'
import { withNeeds } from './plan.ts'
import type { AnyRequest, Route } from './request.ts'

const BRAND = Symbol.for('facet.client')
const TRANSFORM = Symbol.for('facet.transform')

/** What an answer can be written in. */
export type Format = 'json' | 'xml'

/** What a predicate may look at: the headers that it has declared. */
export interface Recognisable {
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** How a client is recognised and answered. `X-Client: <name>` always names it. */
export interface ClientOptions {
  /** The client that is meant when nothing says which; exactly one is. */
  readonly default?: boolean
  /** What it is answered in when `Accept` leaves the choice, `json` if not said. */
  readonly format?: Format
  /** A path prefix that means this client, and is taken off: `/m`. */
  readonly path?: `/${string}`
  /** A host name that means this client: `m.example.com`. */
  readonly host?: string
  /** Anything else: a pure function of some headers. They are declared, since `Vary` must list them. */
  readonly when?: { readonly headers: readonly string[]; readonly test: (request: Recognisable) => boolean }
  /** How XML answers are written: the root element's name (the endpoint's if not said) and that of a list's items (`item`). */
  readonly xml?: { readonly root?: string; readonly item?: string }
}

/** A source that a transform can do without: `undefined` where it failed, for this client alone. */
export interface Maybe<K extends string> {
  readonly maybe: K
}

/**
 * In a transform's reads: this client can do without the source. Its failure then leaves `undefined` and a reply marked
 * partial, where other clients get an error. What needs the source goes without as well, and so must be optional, or `maybe` too.
 *
 * @example mobile.transform(overview, ['customer', maybe('orders'), maybe('products')], ({ customer, orders }) => …)
 */
export function maybe<const K extends string>(name: K): Maybe<K> {
  return { maybe: name }
}

type ReadData<D, K> = Simplify<
  { [N in Extract<K, keyof D>]: D[N] } & { [N in K extends Maybe<infer M> ? M & keyof D : never]: D[N] | undefined }
>

/** From the canonical shape to one client's representation: pure. */
export interface Transform<T, R> {
  readonly [TRANSFORM]: true
  readonly client: string
  readonly route: Route
  readonly endpoint: AnyEndpoint
  /** The sources it reads; undefined where it reads the whole shape. */
  readonly reads: readonly string[] | undefined
  /** Those of them that it can do without. */
  readonly maybe: readonly string[]
  readonly apply: (data: T) => R
}

/** A consumer of the API. */
export interface Client {
  readonly [BRAND]: true
  readonly name: string
  readonly options: ClientOptions

  /** A transform of the whole canonical shape. */
  transform<E extends AnyEndpoint, R>(endpoint: E, apply: (data: Data<E>) => R): Transform<Data<E>, R>

  /** A transform of some sources: the others are not called for this client. Only of endpoints without a merge. */
  transform<D, R, const K extends (keyof D & string) | Maybe<keyof D & string>>(
    endpoint: Endpoint<AnyRequest, D, D>,
    reads: readonly K[],
    apply: (data: ReadData<D, K>) => R,
  ): Transform<ReadData<D, K>, R>
}

const optionsSchema = z.strictObject({
  default: z.boolean().optional(),
  format: z.enum(['json', 'xml']).optional(),
  path: z
    .string()
    .regex(/^(\/[\w.-]+)+$/, 'a path prefix such as /m was expected')
    .optional(),
  host: z
    .string()
    .regex(/^[A-Za-z0-9.-]+$/, 'a host name without a port was expected')
    .optional(),
  when: z
    .strictObject({
      headers: z
        .array(
          z
            .string()
            .refine((name) => isToken(name) && name === name.toLowerCase(), 'a header name in lower case was expected'),
        )
        .min(1),
      test: z.custom((value) => typeof value === 'function', 'a function was expected'),
    })
    .optional(),
  xml: z
    .strictObject({
      root: z
        .string()
        .regex(/^[A-Za-z_][\w.-]*$/)
        .optional(),
      item: z
        .string()
        .regex(/^[A-Za-z_][\w.-]*$/)
        .optional(),
    })
    .optional(),
})

/**
 * Defines a client, in `transforms/<client>/_client.ts`.
 *
 * @example export const mobile = client('mobile', { path: '/m' })
 * @throws DefinitionError with the option and its value
 */
export function client(name: string, options: ClientOptions = {}): Client {
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw new DefinitionError(`client '${name}': a name of small letters, digits and - was expected`)
  checkOptions(`client '${name}'`, options, optionsSchema)
  return Object.freeze({
    [BRAND]: true as const,
    name,
    options,
    transform: ((endpoint: AnyEndpoint, ...rest: unknown[]) => {
      const [reads, apply] = (rest.length > 1 ? rest : [undefined, rest[0]]) as [
        (string | Maybe<string>)[] | undefined,
        (data: unknown) => unknown,
      ]
      return defineTransform(name, endpoint, reads, apply)
    }) as Client['transform'],
  })
}

function defineTransform(
  name: string,
  endpoint: AnyEndpoint,
  reads: (string | Maybe<string>)[] | undefined,
  apply: (data: unknown) => unknown,
): Transform<unknown, unknown> {
  if (!isEndpoint(endpoint)) throw new DefinitionError(`transform for client '${name}': an endpoint was expected`)
  const what = `transform of '${endpoint.route}' for client '${name}'`
  if (typeof apply !== 'function') throw new DefinitionError(`${what}: a function was expected`)
  if (reads && endpoint.shape)
    throw new DefinitionError(`${what}: the endpoint has a merge, so there are no sources to name`)
  const names = reads?.map((read) => (typeof read === 'string' ? read : read.maybe))
  const optional = (reads ?? []).flatMap((read) => (typeof read === 'string' ? [] : [read.maybe]))
  for (const wanted of names ?? []) {
    if (!endpoint.sources.some((source) => source.name === wanted))
      throw new DefinitionError(`${what}: the endpoint has no source '${wanted}'`)
  }
  const planned = withNeeds(endpoint.sources, names ?? [])
  for (const wanted of optional) {
    const dependent = endpoint.sources.find(
      ({ name, needs, call }) =>
        planned.has(name) && needs.includes(wanted) && call.cover === undefined && !optional.includes(name),
    )
    if (dependent)
      throw new DefinitionError(
        `${what}: maybe('${wanted}') cannot be said, since the source '${dependent.name}' needs it, and is neither optional nor maybe('${dependent.name}')`,
      )
  }
  return Object.freeze({
    [TRANSFORM]: true as const,
    client: name,
    route: endpoint.route,
    endpoint,
    reads: names,
    maybe: optional,
    apply,
  })
}

export function isClient(value: unknown): value is Client {
  return typeof value === 'object' && value !== null && BRAND in value
}

export function isTransform(value: unknown): value is Transform<unknown, unknown> {
  return typeof value === 'object' && value !== null && TRANSFORM in value
}
