import { attempts } from './attempts.ts'
import { balanced } from './balanced.ts'
import { breaker } from './breaker.ts'
import { type CallFreshness, cached } from './cached.ts'
import type { BackendInfo, Effect, Policy, Run, Runtime, Send } from './call.ts'
import { type HedgeSettings, hedge } from './hedge.ts'
import { limit } from './limit.ts'
import { memo } from './memo.ts'
import { retry } from './retry.ts'
import { trace } from './trace.ts'
import { upstreamOf } from './upstream.ts'

/** What a call's policies are made from. */
export interface PipelineOptions<I> {
  readonly backend: BackendInfo
  readonly name: string
  readonly effect: Effect
  /** How many times it is asked again after a transient failure. */
  readonly retries: number
  /** Whether doing it twice is the same as doing it once. */
  readonly isIdempotent?: boolean
  /** The headers that tell senders apart, where its attempts bear an `Idempotency-Key`; undefined where they do not. */
  readonly keySender?: readonly string[] | undefined
  /** When a second attempt is made beside the first one; undefined for never. */
  readonly hedge?: HedgeSettings | undefined
  readonly cache: CallFreshness<I> | undefined
}

/**
 * Wraps one attempt (`send`: timeout, encode, send, decode, validate) in its policies. This is the only place that says
 * in which order: a memo or cache hit touches nothing further in; a trace covers a call with all its retries; each attempt takes a place
 * among the calls in flight, so that none is held while a retry waits and a hedge has its own; the breaker sees each attempt, once it
 * has its place. What a call does not use is not in its chain, and the chain is made
 * once, when the app starts.
 */
export function pipeline<I, O>(send: Send<I, O>, runtime: Runtime, options: PipelineOptions<I>): Run<I, O> {
  const { backend, name, effect, retries, cache, hedge: hedging, keySender } = options
  const { timers } = runtime
  const isRead = effect === 'read'
  const isIdempotent = options.isIdempotent ?? isRead
  const upstream = upstreamOf(runtime, backend)
  const { limiter, circuit, budget } = upstream
  const policies: Policy[] = []
  if (isRead) policies.push(memo())
  policies.push(trace(backend, name))
  if (isRead && cache) policies.push(cached(runtime, backend, name, cache))
  if (retries > 0 || hedging || keySender)
    policies.push(attempts(upstream, keySender && { operation: `${backend.name} ${name}`, sender: keySender }))
  if (retries > 0) policies.push(retry(retries, timers, budget, isIdempotent))
  if (hedging) policies.push(hedge(hedging, timers, budget))
  if (limiter) policies.push(limit(limiter))
  if (circuit) policies.push(breaker(circuit))
  return policies.reduceRight((next, policy) => policy(next), balanced(send, upstream, timers))
}
