import type { CacheState } from '../channels.ts'
import { failureAgain, isOutage, keptFailure } from './failure.ts'
import type { Patience } from './patience.ts'
import type { CachePolicy } from './policy.ts'
import type { Entry } from './store.ts'

/** How long a value may be used, and what can take it away before. */
export interface Freshness extends CachePolicy {
  /** Those that are known before anything is loaded. */
  readonly tags: readonly string[]
  /** How long the one who asks will wait for stores; as long as the store is given if not said. */
  readonly patience?: Patience | undefined
}

/** What a load gives: its value, how large it is, and how long it may be kept. */
export interface Loaded<T> {
  readonly value: T
  /** Bytes. */
  readonly size: number
  /** False for what must not be kept at all. */
  readonly store: boolean
  /** It is fresh until then at the most: what it was made of may be older than itself. Milliseconds since the epoch. */
  readonly fresh?: number | undefined
  /** More tags, which only what was loaded tells. */
  readonly tags?: readonly string[] | undefined
  /** How long it may be sent after that, where it says so itself: as `stale` and `staleIfError` of the policy. Milliseconds. */
  readonly stale?: number
  readonly staleIfError?: number
  /** What the backend said with it, names and values in turn, where it can be asked whether the value still holds. */
  readonly head?: readonly string[] | undefined
  /** It must not be sent when it is no longer fresh, nor take the place of an old value that is whole: a partial one. */
  readonly isMakeshift?: boolean
}

/** A value and where it came from. Times in milliseconds. */
export interface Cached<T> {
  readonly value: T
  readonly state: CacheState
  readonly age: number
  /** How much longer it is fresh; negative when it is served stale. */
  readonly ttl: number
  readonly stored: boolean
  /** All that it can be purged by. */
  readonly tags: readonly string[]
}

/** How long a value is kept that its backend can confirm, after it is no longer fresh. Milliseconds. */
export const CONFIRMABLE = 24 * 60 * 60 * 1000

/** What is kept of a load; undefined where nothing is. */
export function entryOf(
  loaded: Loaded<unknown>,
  policy: Freshness,
  old: Entry | undefined,
  now: number,
): Entry | undefined {
  const { value, size, store, fresh: atMost = Number.POSITIVE_INFINITY, isMakeshift = false } = loaded
  const { ttl, jitter, maxBytes } = policy
  const { stale = policy.stale, staleIfError = policy.staleIfError } = loaded
  if (!store || ttl <= 0 || size > maxBytes) return undefined
  if (isMakeshift && old && old.covers > now && !old.failure) return undefined
  const fresh = Math.max(now, Math.min(now + ttl * (1 - jitter * Math.random()), atMost))
  const usable = isMakeshift ? fresh : fresh + stale
  const covers = isMakeshift ? fresh : Math.max(usable, fresh + staleIfError)
  const kept = loaded.head ? Math.max(covers, fresh + CONFIRMABLE) : covers
  const tags = allTags(policy.tags, loaded.tags)
  return kept > now ? { value, size, tags, stored: now, fresh, usable, covers, kept, head: loaded.head } : undefined
}

/** What a value can be purged by: what was known before it was loaded, and what the load has told. */
export function allTags(known: readonly string[], told: readonly string[] = []): readonly string[] {
  return told.length > 0 ? [...new Set([...known, ...told])] : known
}

/** What there is when a load has failed: the old value, if that may still be used. */
export function standIn(old: Entry | undefined, error: unknown): Cached<unknown> | undefined {
  const now = Date.now()
  return old && old.covers > now && !old.failure && isOutage(error) ? cached(old, 'stale-if-error', now) : undefined
}

/** That there is nothing, where that is kept. */
export function failureEntryOf(error: unknown, { negative }: Freshness, tags: readonly string[]): Entry | undefined {
  const failure = negative > 0 ? keptFailure(error) : undefined
  const now = Date.now()
  const until = now + negative
  return (
    failure && {
      value: undefined,
      failure,
      size: 0,
      tags,
      stored: now,
      fresh: until,
      usable: until,
      covers: until,
      kept: until,
    }
  )
}

/**
 * An entry that was purged softly: only no longer fresh, and after that for as long as its policy says. What there is not, is
 * stale at once: nobody is to be told again that it is not there.
 */
export function softened(entry: Entry, now: number): Entry | undefined {
  const { fresh, usable, covers, failure } = entry
  if (failure) return undefined
  const until = (end: number) => (end > fresh ? Math.min(end, now + (end - fresh)) : Math.min(end, now))
  return { ...entry, fresh: Math.min(fresh, now), usable: until(usable), covers: until(covers) }
}

/** What another process has loaded. */
export function taken(entry: Entry): Cached<unknown> {
  if (entry.failure) throw failureAgain(entry.failure)
  return cached(entry, 'collapsed', Date.now())
}

/** A stored entry as an answer of the cache. */
export function cached<T>(entry: Entry<T>, state: CacheState, now: number): Cached<T> {
  return { value: entry.value, state, age: now - entry.stored, ttl: entry.fresh - now, stored: true, tags: entry.tags }
}
