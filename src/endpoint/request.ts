import type { z } from 'zod'
import type { PathParams, Simplify } from '../lib/path.ts'

/** The methods a route can name. `ANY` is every method that no other route has for the same path. */
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ANY'] as const
export type Method = (typeof METHODS)[number]

/** A method and a path pattern: `GET /customers/:id/overview`. */
export type Route = `${Method} /${string}`
export type PathOf<R extends string> = R extends `${Method} ${infer P}` ? P : never

/** Whoever is signed in. */
export interface User {
  readonly id: string
  readonly roles: readonly string[]
}

/** Whether an endpoint wants somebody signed in. */
export type Auth = 'none' | 'user'

/** Who may be given the same cached reply. */
export type Share = 'everyone' | 'user'

/**
 * What functions of an endpoint see of a request: what was declared, parsed and typed, and nothing else. The reply
 * cache's key is made from just this, so what an answer can depend on is what its key covers. The signed-in user is there
 * only where nobody else will be given the reply.
 */
export type RequestOf<
  R extends string,
  Q extends z.ZodType,
  B extends z.ZodType,
  H extends z.ZodType,
  A extends Auth,
  S extends Share,
> = Simplify<
  { params: PathParams<PathOf<R>>; query: z.output<Q> } & (unknown extends z.output<B> ? {} : { body: z.output<B> }) &
    (unknown extends z.output<H> ? {} : { headers: z.output<H> }) &
    (A extends 'user' ? (S extends 'everyone' ? {} : { user: User }) : {})
>

/** A request as the engine hands it on; `RequestOf` is its type for each endpoint. */
export interface ParsedRequest {
  readonly params: Readonly<Record<string, string | string[]>>
  readonly query: unknown
  readonly body?: unknown
  readonly headers?: unknown
}

/** The request's type where it does not matter. */
// biome-ignore lint/suspicious/noExplicitAny: it stands in argument and result positions, so no other type fits them all
export type AnyRequest = any
