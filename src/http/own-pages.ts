import { type ProxiedRoute, placeOf } from '../endpoint/proxy-route.ts'
import { ERRORS } from '../errors.ts'
import type { RequestContext } from './context.ts'
import { PROBLEMS } from './problem.ts'

/**
 * Facet's own pages that a proxied route would take by its `/*rest` alone: a route for everything must not answer for the health of this
 * process. One whose own text is the page's path has been written for it, and has it.
 *
 * @param pages their paths, beside those that explain problems
 * @returns undefined where there are none, as below most prefixes
 */
export function pagesBelow(route: ProxiedRoute, pages: readonly string[]): ReadonlySet<string> | undefined {
  const { path } = placeOf(route)
  const prefix = path.slice(0, path.lastIndexOf('/') + 1)
  const below = [...pages, ...Object.keys(ERRORS).map((code) => PROBLEMS + code)].filter((page) =>
    page.startsWith(prefix),
  )
  return below.length === 0 ? undefined : new Set(below)
}

/** Whether a request that a proxied route matches is one for a page of Facet's own. */
export function isOwnPage(
  { pages }: { readonly pages: ReadonlySet<string> | undefined },
  { path, record: { method } }: RequestContext,
): boolean {
  if (pages === undefined || (method !== 'GET' && method !== 'HEAD')) return false
  // As Express finds them: in any case, with or without a slash at the end.
  return pages.has(path.toLowerCase().replace(/\/$/, ''))
}
