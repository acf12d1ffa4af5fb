import { FacetError } from '../errors.ts'
import { balanced } from './balanced.ts'
import { breaker } from './breaker.ts'
import type { BackendInfo, CallContext, Policy, Runtime, Send } from './call.ts'
import { limit } from './limit.ts'
import { isFailingStatus } from './outcome.ts'
import { upstreamOf } from './upstream.ts'

/** An answer that is passed on, whatever it says, and that counts as a failure of its backend. */
class FailingAnswer<A> extends FacetError {
  readonly answer: A

  constructor(answer: A, upstream: number) {
    super('backend-status', { upstream })
    this.answer = answer
  }
}

/**
 * The policies of a backend for what is streamed through: its places, its breaker, its instances. It is over with the head of the
 * answer, so that a stream of hours takes no place. Nothing is asked twice: a body that has been passed on is gone.
 *
 * @throws FacetError `backend-busy`, `backend-open`, or what `send` throws
 */
export function passage<I, A extends { readonly status: number }>(
  send: Send<I, A>,
  runtime: Runtime,
  backend: BackendInfo,
): (input: I, context: CallContext) => Promise<A> {
  const upstream = upstreamOf(runtime, backend)
  const judged: Send<I, A> = async (input, context, instance) => {
    const answer = await send(input, context, instance)
    if (isFailingStatus(answer.status)) throw new FailingAnswer(answer, answer.status)
    return answer
  }
  // What decides by the input of an operation has none here.
  const { instances, ready, isSeveral } = upstream
  const unkeyed = { instances, ready, isSeveral, key: undefined }
  const policies: Policy[] = []
  if (upstream.limiter) policies.push(limit(upstream.limiter))
  if (upstream.circuit) policies.push(breaker(upstream.circuit))
  const run = policies.reduceRight((next, policy) => policy(next), balanced(judged, unkeyed, runtime.timers))
  return async (input, context) => {
    try {
      return await run(input, context)
    } catch (error) {
      if (error instanceof FailingAnswer) return error.answer as A
      throw error
    }
  }
}

/**
 * What the policies are given of a request that is passed on: it has no sources, and no deadline but that of the head.
 *
 * @param timeout how long it may wait for a place, in milliseconds
 */
export function passing({ token, caller }: Pick<CallContext, 'token' | 'caller'>, timeout: number): CallContext {
  return {
    token,
    caller,
    deadline: performance.now() + timeout,
    source: '',
    memo: undefined,
    cache: undefined,
    fresh: Number.POSITIVE_INFINITY,
    tags: undefined,
    told: undefined,
    bytes: 0,
    degrade: () => {},
  }
}
