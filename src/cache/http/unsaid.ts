import type { CacheControl } from '../../lib/cache-control.ts'

/**
 * What holds for responses where their origin says nothing of it (RFC 9111, sections 4.2.2 and 4.2.4, leave both to the cache). What it
 * forbids stays forbidden. Times in milliseconds.
 */
export interface Unsaid {
  /** How long they are fresh, but for errors; undefined where that is guessed by when they were changed last. */
  readonly ttl: number | undefined
  /** How long a 404 is; undefined where it is as all others. */
  readonly negative: number | undefined
  /** A share of `ttl`, 0 to 1, by which lifetimes differ. */
  readonly jitter: number
  /** How long after that they are sent while a new one is fetched. */
  readonly stale: number
  /** How long after that they are sent where no new one can be had; undefined for as long as they are kept. */
  readonly staleIfError: number | undefined
}

/** Nothing is settled: all is the origin's word, and what the standard makes of its silence. */
export const NOTHING_SETTLED: Unsaid = {
  ttl: undefined,
  negative: undefined,
  jitter: 0,
  stale: 0,
  staleIfError: undefined,
}

/**
 * How long a response is fresh of which nothing says so, and whose status lets it be kept then.
 *
 * @param luck 0 to 1, drawn for each response: by it lifetimes differ
 * @returns milliseconds; undefined where it is to be guessed
 */
export function settledLifetime({ ttl, negative, jitter }: Unsaid, status: number, luck: number): number | undefined {
  if (status === 404 && negative !== undefined) return negative
  if (ttl === undefined) return undefined
  return status >= 400 ? 0 : ttl * (1 - jitter * luck)
}

/** How long a response may be sent that is no longer fresh. Milliseconds. */
export interface StaleTimes {
  /** While a new one is fetched (RFC 5861, section 3). */
  readonly stale: number
  /** In the place of an answer that says an error (section 4); undefined for never. */
  readonly staleIfError: number | undefined
  /** Where its origin cannot be reached (RFC 9111, section 4.2.4). */
  readonly unreachable: number
}

/**
 * What the response says of it, and what is settled where it says nothing.
 *
 * @param lifetime how long it is fresh, in milliseconds
 */
export function staleTimes(directives: CacheControl, lifetime: number, unsaid: Unsaid): StaleTimes {
  const said = (name: string) => {
    const seconds = directives.seconds(name)
    return seconds === undefined ? undefined : seconds * 1000
  }
  // What is never fresh is asked for each time, and `s-maxage` says what `proxy-revalidate` does (section 5.2.2.10).
  const isSettled = lifetime > 0 && !directives.has('s-maxage')
  const staleIfError = said('stale-if-error') ?? (isSettled ? unsaid.staleIfError : undefined)
  return {
    stale: said('stale-while-revalidate') ?? (isSettled ? unsaid.stale : 0),
    staleIfError,
    unreachable: unsaid.staleIfError === undefined ? Number.POSITIVE_INFINITY : (staleIfError ?? 0),
  }
}
