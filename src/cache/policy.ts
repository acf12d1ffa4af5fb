import { z } from 'zod'
import { type Duration, milliseconds } from '../lib/duration.ts'
import { durationOption } from '../options.ts'

/** How long answers are kept, as a team says it: of an operation or of an endpoint. */
export interface CacheOptions {
  /** How long an answer is fresh. */
  readonly ttl: Duration
  /** How long after that it is still sent while a new one is fetched (RFC 5861, section 3). */
  readonly stale?: Duration
  /** How long after `ttl` it is sent where no new one can be had, because a backend fails (RFC 5861, section 4). */
  readonly staleIfError?: Duration
  /** How long it is kept that there is none: an answer of 404. Not at all if not said. */
  readonly negative?: Duration
  /** A share of `ttl`, 0 to 1, by which lifetimes differ, so that what was kept at one time does not end at one time. */
  readonly jitter?: number
  /** Larger answers are not kept. Bytes. */
  readonly maxBytes?: number
}

/** The same, checked. */
export interface CachePolicy {
  /** Milliseconds, as all times here; 0 keeps nothing, and only lets equal loads share one flight. */
  readonly ttl: number
  readonly stale: number
  readonly staleIfError: number
  readonly negative: number
  readonly jitter: number
  /** Bytes. */
  readonly maxBytes: number
}

export const cacheOptionsShape = {
  ttl: durationOption,
  stale: durationOption.optional(),
  staleIfError: durationOption.optional(),
  negative: durationOption.optional(),
  jitter: z.number().min(0).max(1).optional(),
  maxBytes: z.number().int().min(1).optional(),
}

/** Longer than any backend lets anything be kept: the bound of what it says. */
export const AS_SAID = '365d'

/** Options with the defaults filled in. */
export function cachePolicy(options: z.output<z.ZodObject<typeof cacheOptionsShape>>): CachePolicy {
  const { ttl, stale = '0s', staleIfError = '0s', negative = '0s' } = options
  return {
    ttl: milliseconds(ttl),
    stale: milliseconds(stale),
    staleIfError: milliseconds(staleIfError),
    negative: milliseconds(negative),
    jitter: options.jitter ?? 0,
    maxBytes: options.maxBytes ?? Number.POSITIVE_INFINITY,
  }
}
