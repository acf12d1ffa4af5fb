import { type CallFreshness, cached } from './cached.ts'
import type { BackendInfo, Effect, Policy, Run, Runtime } from './call.ts'
import { memo } from './memo.ts'
import { budgetOf, retry } from './retry.ts'
import { trace } from './trace.ts'

/** What a call's policies are made from. */
export interface PipelineOptions<I> {
  readonly backend: BackendInfo
  readonly name: string
  readonly effect: Effect
  /** How many times a read is asked again after a transient failure. */
  readonly retries: number
  readonly cache: CallFreshness<I> | undefined
}

/**
 * Wraps one attempt (`send`: timeout, encode, send, decode, validate) in its policies. This is the only place that says
 * in which order: a memo or cache hit touches nothing further in; a trace covers a call with all its retries. What a
 * call does not use is not in its chain, and the chain is made once, when the app starts.
 */
export function pipeline<I, O>(
  send: Run<I, O>,
  runtime: Runtime,
  { backend, name, effect, retries, cache }: PipelineOptions<I>,
): Run<I, O> {
  const isRead = effect === 'read'
  const policies: Policy[] = []
  if (isRead) policies.push(memo())
  policies.push(trace(backend, name))
  if (isRead && cache) policies.push(cached(runtime, backend, name, cache))
  if (isRead && retries > 0) policies.push(retry(retries, runtime.timers, budgetOf(runtime, backend)))
  return policies.reduceRight((next, policy) => policy(next), send)
}
