import type { Freshness, Loaded } from '../cache/entry.ts'
import type { CachePolicy } from '../cache/policy.ts'
import type { Entry } from '../cache/store.ts'
import { sizeOfValue } from '../cache/value-size.ts'
import { codeOf, type ErrorCode, FacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import { TRACE_FIELDS } from '../lib/headers.ts'
import { keyOf, secretKeyOf } from '../lib/key.ts'
import type { CallContext, Policy, Run, Runtime } from './call.ts'
import { noteCached, noteTags } from './note.ts'

/** What is kept at one level of caching: a call's answers, or a source's values. */
export interface Kept {
  readonly level: 'call' | 'data'
  /** What tells its entries apart from all others. */
  readonly name: string
  /** The client's headers that count, since backends are sent them. */
  readonly forward: readonly string[]
  readonly freshness: CachePolicy
  /** What an entry can be purged by, as far as it is known before anything is loaded. */
  tags(input: unknown, context: CallContext): readonly string[]
  /** Whether the tags say something of the entry that its input does not: then they are part of its key. */
  readonly areTagsKeyed?: boolean
  /**
   * Runs the call, and says what it means for keeping; what it leaves out is as the policy has it.
   *
   * @param old what has been kept and is no longer fresh
   */
  load(run: Run<unknown, unknown>, load: Loading, input: unknown, old: Old | undefined): Promise<LoadedPart>
  /** How long a value is kept in which something is replaced by a fallback. Milliseconds; 0 for not at all. */
  readonly partial: number
}

export type LoadedPart = Partial<Omit<Loaded<unknown>, 'value'>> & { readonly value: unknown }

/** A value that was kept. */
export type Old = Pick<Entry, 'value' | 'size' | 'head'>

/** A value as it is kept, and the failure that a fallback in it stands for. */
interface Held {
  readonly value: unknown
  readonly partial: ErrorCode | undefined
}

/**
 * Keeps what a read answers. The key is what the answer can depend on: the name, the input, and the client's headers that
 * backends are sent.
 */
export function keeping({ cache, freeze }: Runtime, kept: Kept): Policy {
  const keyed = keyedHeaders(kept.forward)
  return <In, Out>(next: (input: In, context: CallContext) => Promise<Out>) =>
    async (input: In, context: CallContext) => {
      const tags = kept.tags(input, context)
      const freshness: Freshness = { ...kept.freshness, tags, patience: context.patience }
      const key = `${kept.level} ${kept.name} ${sentKey(input, keyed, context)}${kept.areTagsKeyed ? ` ${keyOf(tags)}` : ''}`
      let own: Loading | undefined
      // Also where there is nothing: that goes with the same purges.
      noteTags(context, tags)
      const found = await cache.get<Held>(key, freshness, context.token, async (token, background, old, note) => {
        const load = new Loading(context, token, background)
        // What is loaded behind the scenes is no part of the request that set it off.
        if (!background) own = load
        const before = old && { ...old, value: old.value.value }
        try {
          const { value, ...said } = await kept.load(next as Run<unknown, unknown>, load, input, before)
          return loadedOf(kept, load, { value: freeze ? frozen(value) : value, partial: load.partial }, said)
        } catch (error) {
          if (load.tags) {
            note([...load.tags])
            noteTags(context, load.tags)
          }
          throw error
        }
      })
      noteCached(context, kept.level, found)
      if (own?.told) context.told?.push(...own.told)
      const { value, partial } = found.value
      // Also for those who did not load it: what they make of it is a partial answer as well.
      if (partial && !own) context.degrade(new FacetError(partial))
      return (freeze ? frozen(value) : value) as Out
    }
}

/** Those of the forwarded headers that an answer can depend on. */
export function keyedHeaders(forward: readonly string[]): readonly string[] {
  return forward.filter((header) => !TRACE_FIELDS.has(header))
}

/** What tells a request apart from others of the same operation: its input, and the client's headers that go along. */
export function sentKey(input: unknown, keyed: readonly string[], { caller }: CallContext): string {
  if (keyed.length === 0) return keyOf(input)
  return `${keyOf(input)} ${secretKeyOf(keyed.map((header) => caller.header(header)))}`
}

function loadedOf(kept: Kept, load: Loading, value: Held, said: Omit<LoadedPart, 'value'>): Loaded<Held> {
  const { fresh = Number.POSITIVE_INFINITY, tags = [], ...more } = said
  const isPartial = value.partial !== undefined
  const until = isPartial ? Date.now() + kept.partial : Number.POSITIVE_INFINITY
  return {
    value,
    size: sizeOfValue(value.value, load.bytes, kept.freshness.maxBytes),
    store: !isPartial || kept.partial > 0,
    fresh: Math.min(fresh, load.fresh, until),
    tags: load.tags ? [...load.tags, ...tags] : tags,
    ...(isPartial && { isMakeshift: true }),
    ...more,
  }
}

/**
 * What a load runs with: it belongs to all who wait for it, so neither one's cancellation nor its deadline ends it for the
 * others; for the rest it is the context of whoever came first.
 */
export class Loading implements CallContext {
  readonly isShared = true
  readonly wantsHead = true
  readonly token: CancelToken
  readonly deadline = Number.POSITIVE_INFINITY
  readonly caller: CallContext['caller']
  readonly source: string
  // Not the request's: what that has asked for is ended by it, and may be older than a purge that this load has not missed.
  readonly memo = undefined
  readonly patience: CallContext['patience']
  cache: CallContext['cache'] = undefined
  bytes = 0
  fresh = Number.POSITIVE_INFINITY
  tags: CallContext['tags'] = undefined
  told: CallContext['told'] = undefined
  partial: ErrorCode | undefined
  conditions: CallContext['conditions'] = undefined
  head?: NonNullable<CallContext['head']>
  readonly #first: CallContext

  readonly #isBackground: boolean

  constructor(first: CallContext, token: CancelToken, isBackground: boolean) {
    this.#isBackground = isBackground
    this.token = token
    this.caller = first.caller
    this.source = first.source
    this.patience = first.patience
    this.#first = first
  }

  degrade(error: unknown): void {
    this.partial ??= codeOf(error)
    if (!this.#isBackground) this.#first.degrade(error)
  }
}

/** What many requests share must not be changed by one of them. */
export function frozen<T>(value: T): T {
  // The bytes of a buffer cannot be frozen.
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value) && !ArrayBuffer.isView(value)) {
    Object.freeze(value)
    for (const item of Object.values(value)) frozen(item)
  }
  return value
}
