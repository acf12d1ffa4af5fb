import { z } from 'zod'
import { DefinitionError } from '../errors.ts'
import { hasDotSegments } from '../lib/path.ts'
import { literal } from '../lib/path-match.ts'
import { type PathTable, pathTable } from '../lib/path-table.ts'
import { checkOptions } from '../options.ts'
import type { ProxiedRequest } from './proxied-request.ts'

/** Gives another path for one, both still encoded. */
export type RewriteFunction = (path: string, request: ProxiedRequest) => string

/** How a proxied path becomes the backend's. */
export interface ProxyPathOptions {
  /** What becomes of the route's own text before its `/*rest`: taken off (`strip`, if not said), kept, or replaced by another one. */
  readonly prefix?: 'strip' | 'keep' | `/${string}`
  /**
   * What replaces the path after that: a table of paths as routes have them, the most exact first, in which what is not named goes on as
   * it is; or a function. What is put in is still encoded as it came.
   *
   * @example { '/': '/users', '/old/:id': '/new/:id', '/v1/*rest': '/v2/*rest' }
   */
  readonly rewrite?: Readonly<Record<`/${string}`, `/${string}`>> | RewriteFunction
}

/** The same, checked. */
export interface ProxyPath {
  /** What stands before the rest of the path; undefined where the path stays whole. */
  readonly prefix: string | undefined
  readonly table: PathTable | undefined
  readonly rewrite: RewriteFunction | undefined
}

/** What must not stand in a path: the end of it, white space, controls, segments that climb. */
function isPath(text: string): boolean {
  return /^\/[^?#\s\x00-\x1f\x7f]*$/.test(text) && !hasDotSegments(text)
}

/** Whether it has rows, which a list or a regular expression has not. */
function isTable(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Object]'
}

const path = z
  .string("a path that starts with '/' was expected")
  .regex(/^\//, "a path that starts with '/' was expected")
  .refine(isPath, 'a path without query and dot segments was expected')

/** For a proxy's schema. */
export const proxyPathShape = {
  prefix: z
    .custom<ProxyPathOptions['prefix'] & string>(
      (value) => value === 'strip' || value === 'keep' || (typeof value === 'string' && isPath(value)),
      "'strip', 'keep' or a path that starts with '/' was expected",
    )
    .optional(),
  rewrite: z
    .custom<NonNullable<ProxyPathOptions['rewrite']>>(
      (value) => typeof value === 'function' || isTable(value),
      'a table of paths or a function was expected',
    )
    .optional(),
} as const

/** The rows of a table, which a schema of either a table or a function would not name. */
const tableOptions = z.object({ rewrite: z.record(path, path).optional() })

/** @throws DefinitionError with the rewriting that cannot be done */
export function proxyPath(what: string, { prefix = 'strip', rewrite }: ProxyPathOptions): ProxyPath {
  const replaced = prefix === 'keep' ? undefined : prefix === 'strip' ? '' : literal(prefix).replace(/\/+$/, '')
  if (typeof rewrite === 'function') return { prefix: replaced, table: undefined, rewrite }
  checkOptions(what, { rewrite }, tableOptions)
  try {
    return { prefix: replaced, table: rewrite && pathTable(rewrite), rewrite: undefined }
  } catch (error) {
    throw new DefinitionError(`${what} at 'rewrite': ${(error as Error).message}`, error)
  }
}
