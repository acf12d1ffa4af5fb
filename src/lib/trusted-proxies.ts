/** Which proxies in front of this server are believed about whom they stand for. */
export interface TrustedProxies {
  /** How many, counted from this server; 0 for none. */
  readonly count: number
  /** The headers in which they are, in lower case: `forwarded` alone, or some of `x-forwarded-*`. */
  readonly headers: ReadonlySet<string>
}

/** What nearly all proxies write. The host is not among it: most leave `X-Forwarded-Host` as a client has sent it. */
export const USUAL_HEADERS = 'x-forwarded-for,x-forwarded-proto'

/** Whether a list of headers with commas, in any case, may be believed. */
export function isTrustable(list: string): boolean {
  const names = [...headersIn(list)]
  // Two words about the same would have to be put together, and one of them may be a client's.
  if (names.includes('forwarded')) return names.length === 1
  return names.every((name) => /^x-forwarded-(for|proto|host|port)$/.test(name))
}

/** The names in such a list. */
export function headersIn(list: string): ReadonlySet<string> {
  return new Set(list.toLowerCase().split(','))
}
