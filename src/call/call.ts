import type { Cache } from '../cache/cache.ts'
import type { ReceivedHead } from '../cache/http/response.ts'
import type { Patience } from '../cache/patience.ts'
import type { Store } from '../cache/store.ts'
import type { CacheState } from '../channels.ts'
import type { EnvironmentVariable } from '../config.ts'
import type { BackendUrl } from '../config-backends.ts'
import type { CancelToken } from '../lib/cancel.ts'
import type { TimerWheel } from '../lib/timer-wheel.ts'
import type { Instance } from './balance/instance.ts'
import type { UpstreamPolicies } from './policies.ts'

/**
 * Whether a call changes something. Only reads are cached, deduplicated, coalesced or hedged: two identical payments are two
 * payments. A write is made again only where that is idempotent, or where it has never left (retry.ts).
 */
export type Effect = 'read' | 'write'

/** What of the client's request goes along to backends. */
export interface Caller {
  readonly requestId: string
  /** Whether the client has chosen that id, so that it may say something of it. */
  readonly isIdGiven?: boolean
  /** Where its request has got to. */
  readonly record?: { readonly route: string | undefined; readonly client: string | undefined }
  /** A header of the client's request, by its lower-case name; a backend sends on only those in its `forward` list. */
  header(name: string): string | undefined
}

/** A call of this request that others may share, and what it was run with. */
export interface Memorised {
  readonly answer: Promise<unknown>
  readonly context: CallContext
}

/** What a request has asked for so far, by operation and then by input. */
export type Memo = Map<object, Map<string, Memorised>>

/** What a call may use while it runs, one object a source and request. */
export interface CallContext {
  /** Cancelled when the answer is no longer wanted. */
  readonly token: CancelToken
  /** The request's deadline, as `performance.now()` counts. */
  readonly deadline: number
  /** Whether it is the client's own wish that has made the deadline so short. */
  readonly isHasty?: boolean
  readonly caller: Caller
  /** The name of the source, for traces. */
  readonly source: string
  /** Answers of reads that this request has already asked for; undefined where no two sources could ask the same. */
  readonly memo: Memo | undefined
  /** What the call cache said, for `Server-Timing` and the log. */
  cache: CacheState | undefined
  /**
   * Until when the answer is fresh, in milliseconds since the epoch, where it came from a cache: what is made of it must not
   * be fresh for longer.
   */
  fresh: number
  /** What the answer can be purged by, as the caches say that it came through. */
  tags: Set<string> | undefined
  /** What the caches said, a line for each look-up: the level and the state. */
  told: string[] | undefined
  /** Bytes of the last answer as it came from the backend: what the cache reckons its size by. */
  bytes: number
  /** How long the request waits for the cache's store, in all. */
  readonly patience?: Patience | undefined
  /** What the data of the endpoint can be purged by, as the request says. */
  readonly dataTags?: readonly string[] | undefined
  /** Whether the endpoint's kept data is to be passed by. */
  readonly isBypassing?: boolean
  /** Whether `head` is wanted. */
  readonly wantsHead?: boolean
  /** Fields by which the backend is asked whether an older answer still holds, names and values in turn; it may say `UNCHANGED`. */
  readonly conditions?: readonly string[] | undefined
  /** The head of the last answer. */
  head?: ReceivedHead
  /** Whether others may be given the answer: then nothing is said to the backend that only this client has said. */
  readonly isShared?: boolean
  /** Says that a failure was replaced by a fallback, which makes the reply a partial one. */
  degrade(error: unknown): void
}

/** Instead of an answer: the older one still holds. Only said to who has set `conditions`. */
export const UNCHANGED = Symbol('unchanged')

/** One call with all its attempts: what those that come later know of the earlier ones, and what they have in common. */
export interface Attempts {
  /** The instances of the backend that were asked before; undefined where there is only one, or no other attempt. */
  readonly tried?: Set<Instance> | undefined
  /** By which the backend knows that it is asked the same thing again (`Idempotency-Key`). */
  readonly key?: string | undefined
}

/** A call made ready to run. */
export type Run<I, O> = (input: I, context: CallContext, attempts?: Attempts) => Promise<O>

/** One attempt at one instance of the backend: encode, send, decode, validate. */
export type Send<I, O> = (input: I, context: CallContext, instance: Instance, attempts?: Attempts) => Promise<O>

/** What wraps a run: cache, retry, timeout and the like. Order is decided in `pipeline.ts` alone. */
export type Policy = <I, O>(next: Run<I, O>) => Run<I, O>

/** What calls share within one app: they are descriptions, and everything that lives is here. */
export interface Runtime {
  /** The value of an environment variable that a route file named with `env(…)`. */
  resolve(value: string | EnvironmentVariable): string
  readonly cache: Cache
  /** What the cache keeps its entries in; other caches keep theirs beside them. */
  readonly store: Store
  /** How long one request may wait for the store; undefined where it never has to. */
  patience(): Patience | undefined
  readonly timers: TimerWheel
  /** Freeze what is cached, so that code that changes a shared value fails loudly: in development and tests. */
  readonly freeze: boolean
  /** One thing per key and app, made on first use: a backend's connection pool. Closed with the app, if it can be. */
  single<T extends object>(key: object, create: () => T): T
  /** The call's run, composed once an app. */
  bind<I, O>(call: Call<I, O>): Run<I, O>
}

/** What is known of a call's backend before anything runs. */
export interface BackendInfo {
  readonly name: string
  readonly url: BackendUrl
  /** Headers of the client's request that are sent on to it, in lower case; they are part of every cache key. */
  readonly forward: readonly string[]
  /** Headers that every call sends it. */
  readonly headers?: readonly (readonly [name: string, value: string | EnvironmentVariable])[]
  /** How its calls are balanced and held back; nothing of it if not said. */
  readonly policies?: UpstreamPolicies
  /** What every call sends it within its messages, such as a password, by the option that says it. */
  readonly secrets?: readonly (readonly [option: string, value: string | EnvironmentVariable])[]
}

/**
 * One typed operation of one backend: the narrow waist of the whole system. The engine knows nothing else about
 * backends. A call is a description; `bind` makes it ready to run within one app.
 */
export interface Call<in I, out O> {
  /** The operation's name within its backend, for example `GET /users/:id` or `GetInvoices`. */
  readonly name: string
  readonly effect: Effect
  /** Every backend it may reach. */
  readonly backends: readonly BackendInfo[]
  /** The calls it is made of; a call that reaches a backend itself has none. */
  readonly parts: readonly Call<never, unknown>[]
  /** Whether it makes several inputs of one, and one answer of several: `each` and `batch`. */
  readonly isSpread?: boolean
  /** Whether a load of it is of use to later requests, since its answer is kept. */
  readonly isKept?: boolean
  /** What stands in when it fails; there only on what `optional` made. */
  readonly cover?: Cover<O>
  /** What it waits for, and how long in milliseconds, where that was said last: what keeps its answers stands between the two. */
  readonly late?: { readonly ms: number; readonly call: Call<I, unknown> }
  /** What is asked before the cover is taken; it takes no time to speak of. */
  readonly rescue?: (runtime: Runtime) => Rescue<I, O>
  bind(runtime: Runtime): Run<I, O>
}

/** Gives what stands in for an answer, for one failure. */
export type Cover<O> = (error: unknown) => O

/** Looks for another answer than the one that could not be had; undefined where there is none. */
export type Rescue<I, O> = (input: I, context: CallContext) => Promise<{ readonly value: O } | undefined>

/** What a call answers. */
export type Output<C> = C extends Call<never, infer O> ? O : never

/** What a call takes. */
export type Input<C> = C extends Call<infer I, unknown> ? I : never
