import type { Runtime } from '../../call/call.ts'
import type { ProxyRoute } from '../../endpoint/proxy.ts'
import type { RewriteFunction } from '../../endpoint/proxy-path-options.ts'
import type { ProxyQuery } from '../../endpoint/proxy-query-options.ts'
import { FacetError } from '../../errors.ts'
import { hasDotSegments } from '../../lib/path.ts'
import { literal } from '../../lib/path-match.ts'
import type { PathTable } from '../../lib/path-table.ts'
import { editQuery, type QueryEdit } from '../../lib/raw-query.ts'
import type { TrustedProxies } from '../../lib/trusted-proxies.ts'
import type { RequestContext } from '../context.ts'
import { asked, Proxied } from './asked.ts'

/** Path and query for the backend, behind its own base path. @param path of the request, without what only says the client */
export type TargetOf = (context: RequestContext, path: string) => string

/** What follows a route's own segments in a raw path, still encoded as it came. */
export function tail(path: string, depth: number): string {
  let at = 0
  for (let i = 0; i < depth && at >= 0; i++) at = path.indexOf('/', at + 1)
  return at < 0 ? '/' : path.slice(at)
}

/**
 * Settles what becomes of the paths and queries of a route. Where a request goes to is never theirs to say: they stand behind the
 * backend's own address and base path, and begin with a slash.
 *
 * @param trusted which proxies in front of this server are believed
 * @throws DefinitionError for a variable that is not set
 */
export function makeTargetOf(
  { depth, path: said, query }: ProxyRoute,
  runtime: Runtime,
  trusted: TrustedProxies,
): TargetOf {
  const { prefix, table, rewrite } = said
  const edit = query && editOf(query, runtime)
  return (context, path) => {
    const { search } = context
    // `*` and `ftp://…` are no path behind a base path, and what ends one is read by each server in its own way (RFC 9112, section 3.2).
    if (path.charCodeAt(0) !== 47 || path.includes('#') || search.includes('#'))
      throw notForwarded("a path that begins with '/' was expected, and no '#'")
    const whole = prefix === undefined ? path : prefixed(prefix, path, depth)
    const target = table ? replaced(whole, table) : rewrite ? made(whole, rewrite, context, path, trusted) : whole
    const rest = edit ? editQuery(search, edit) : search
    return rest === '' ? target : `${target}?${rest}`
  }
}

/** What stands before each path that a route asks for, behind the base path of its backend; without a slash at its end. */
export function innerPrefix({ route, depth, path: { prefix } }: ProxyRoute): string {
  if (prefix !== undefined) return prefix
  const [, pattern = ''] = route.split(' ')
  const own = pattern.split('/').slice(0, depth + 1)
  return literal(own.join('/'))
}

function prefixed(prefix: string, path: string, depth: number): string {
  const rest = tail(path, depth)
  if (prefix === '') return rest
  // `/legacy` and `/legacy/` may be two resources, and stay so.
  return rest === '/' && !path.endsWith('/') ? prefix : prefix + rest
}

function replaced(path: string, table: PathTable): string {
  const found = table(path)
  if (!found) return path
  // A part of a segment, which was none, may be one where it stands now.
  if (found.isMade && hasDotSegments(found.path)) throw notForwarded('dot segments are not allowed')
  return found.path
}

function made(
  path: string,
  rewrite: RewriteFunction,
  context: RequestContext,
  whole: string,
  trusted: TrustedProxies,
): string {
  const text = asked('the rewrite', context, () => rewrite(path, new Proxied(context, whole, trusted)))
  if (typeof text !== 'string' || !/^\/[\x21-\x7e]*$/.test(text) || /[?#]/.test(text) || hasDotSegments(text))
    throw new FacetError('internal', {
      detail: `the rewrite must give an encoded path that begins with '/', without query and dot segments, and not ${JSON.stringify(text)}`,
    })
  return text
}

/** @throws DefinitionError for a variable that is not set; `checkRoutes` has told of it before */
function editOf({ added, only, drop }: ProxyQuery, runtime: Runtime): QueryEdit {
  const pairs = added.map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(runtime.resolve(value))}`,
  )
  return { only, drop, added: pairs.join('&') }
}

function notForwarded(message: string): FacetError {
  return new FacetError('input-invalid', { issues: [{ path: 'path', message }] })
}
