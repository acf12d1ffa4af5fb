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
}

/** Where a URL of a backend points. SRV names a service of a host (RFC 2782): the host is what is asked, and what it calls itself. */
export function placeOf(url: string): Place {
  const { origin, protocol, hostname, pathname } = new URL(url)
  const service = /\/\/_[^.]+\._[^.]+\./
  const host = hostname.replace(/^_[^.]+\._[^.]+\./, '')
  return { origin: origin.replace(service, '//'), protocol, hostname: host, base: pathname.replace(/\/+$/, '') }
}

/** What follows a base in a path, undefined where the path is not below it: `/app` has `/app` and `/app/x`, and not `/apple`. */
export function below(path: string, base: string): string | undefined {
  if (!path.startsWith(base)) return undefined
  return path.length === base.length || path.charCodeAt(base.length) === 47 ? path.slice(base.length) : undefined
}

/** The same for the first of some places that has it. @param places those with the longest base first */
export function belowAny(path: string, places: readonly Place[]): string | undefined {
  for (const { base } of places) {
    const rest = below(path, base)
    if (rest !== undefined) return rest
  }
  return undefined
}
