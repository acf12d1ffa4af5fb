import { z } from 'zod'
import type { HttpCacheOptions } from '../cache/http/http-cache.ts'
import { type CacheOptions, cacheOptionsShape, cachePolicy } from '../cache/policy.ts'
import { type Duration, milliseconds } from '../lib/duration.ts'
import { bytesOption, durationOption } from '../options.ts'
import type { Share } from './request.ts'

/** How the responses of a proxied route are kept (RFC 9111): what the backend says of it counts first. */
export interface ProxyCacheOptions extends Omit<CacheOptions, 'ttl'> {
  /**
   * How long a response is fresh of which the backend does not say it. `origin` leaves that to the standard: a tenth of the time since it
   * was changed last, or not at all. What the other times of the caching options say holds as well only where the backend says nothing.
   */
  readonly ttl: Duration | 'origin'
  /** Responses with larger bodies are passed on and not kept, 1 MiB if not said. Bytes. */
  readonly maxBytes?: number
  /** Whether a client's own Cache-Control counts (`no-cache`, `max-age`, `only-if-cached` and so on). Off: it could force load. */
  readonly requestDirectives?: boolean
  /**
   * Whether requests with cookies or an Authorization may be answered with what everybody gets, where the backend allows it
   * (`public`, `s-maxage`, `must-revalidate`): `user`, which is not said to mean it, keeps them apart from everything kept.
   */
  readonly share?: Share
}

/** As the backend says, or the same with more to it. */
export type ProxyCacheOption = 'origin' | ProxyCacheOptions

const FORMS =
  "'origin' or { ttl: 'origin' or '10s', stale, staleIfError, negative, jitter, maxBytes, requestDirectives, share } was expected"
const TTL =
  "'origin' (as the backend says) or, for where it says nothing, a duration such as 300ms, 30s, 5m, 2h was expected"

/** For a schema: the option `cache` of a proxied route. */
export const proxyCacheOption = z.preprocess(
  // A union would not say which part of the object is wrong.
  (value) => (value === 'origin' ? { ttl: 'origin' } : value),
  z
    .strictObject(
      {
        ...cacheOptionsShape,
        // Of a union zod would tell of one form alone.
        ttl: z.custom<ProxyCacheOptions['ttl']>(
          (value) => value === 'origin' || durationOption.safeParse(value).success,
          TTL,
        ),
        maxBytes: bytesOption.optional(),
        requestDirectives: z.boolean('true or false was expected').optional(),
        share: z.enum(['everyone', 'user'], "'everyone' or 'user' was expected").optional(),
      },
      FORMS,
    )
    .refine(({ ttl, jitter }) => ttl !== 'origin' || jitter === undefined, {
      path: ['jitter'],
      message: "with ttl 'origin' a lifetime is the backend's own word, and nothing differs from it",
    }),
)

const MEBIBYTE = 1024 * 1024

/** Settles how what a checked option says is kept. */
export function proxyCache(option: ProxyCacheOption): HttpCacheOptions {
  const options: ProxyCacheOptions = option === 'origin' ? { ttl: 'origin' } : option
  const { maxBytes = MEBIBYTE, requestDirectives: directives = false, share = 'user' } = options
  return { maxBytes, directives, share, unsaid: unsaidOf(options) }
}

/** With a time of its own, a route leaves nothing to the standard: what is not said is none, as of calls and endpoints. */
function unsaidOf({ ttl, ...times }: ProxyCacheOptions): HttpCacheOptions['unsaid'] {
  if (ttl !== 'origin') {
    const { maxBytes: _, ...policy } = cachePolicy({ ...times, ttl })
    return policy
  }
  const { stale, staleIfError, negative } = times
  if (stale === undefined && staleIfError === undefined && negative === undefined) return undefined
  const whereSaid = (time: Duration | undefined) => (time === undefined ? undefined : milliseconds(time))
  return {
    ttl: undefined,
    negative: whereSaid(negative),
    jitter: 0,
    stale: whereSaid(stale) ?? 0,
    staleIfError: whereSaid(staleIfError),
  }
}
