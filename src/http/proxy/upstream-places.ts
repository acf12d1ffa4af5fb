/** Where a backend is, as far as its own references say it: one of its URLs, and every path below that. */
export interface Place {
  /** Scheme, host and port in their normal form (RFC 6454, section 6): compared with what `URL` makes of a reference. */
  readonly origin: string
  /** `http:` or `https:`. */
  readonly protocol: string
  /** In lower case. */
  readonly hostname: string
  /** The path before all that is passed on, without a slash at its end; '' for the root. */
  readonly base: string
  /** The same with what a route puts before each path behind it: nothing else can be asked by that route. */
  readonly reach: string
}

/**
 * Where a URL of a backend points. SRV names a service of a host (RFC 2782): the host is what is asked, and what it calls itself.
 *
 * @param inner what a route puts before each path, without a slash at its end
 */
export function placeOf(url: string, inner = ''): Place {
  const { origin, protocol, hostname, pathname } = new URL(url)
  const service = /\/\/_[^.]+\._[^.]+\./
  const host = hostname.replace(/^_[^.]+\._[^.]+\./, '')
  const base = pathname.replace(/\/+$/, '')
  return { origin: origin.replace(service, '//'), protocol, hostname: host, base, reach: base + inner }
}

/** What follows a base in a path, undefined where the path is not below it: `/app` has `/app` and `/app/x`, and not `/apple`. */
export function below(path: string, base: string): string | undefined {
  if (!path.startsWith(base)) return undefined
  return path.length === base.length || path.charCodeAt(base.length) === 47 ? path.slice(base.length) : undefined
}

/** The same for what can be asked at the first of some places that has it. @param places those with the longest base first */
export function belowAny(path: string, places: readonly Place[]): string | undefined {
  for (const { reach } of places) {
    const rest = below(path, reach)
    if (rest !== undefined) return rest
  }
  return undefined
}
