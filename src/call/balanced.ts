import type { TimerWheel } from '../lib/timer-wheel.ts'
import type { Instance } from './balance/instance.ts'
import type { Breaker } from './breaker.ts'
import type { Run, Send } from './call.ts'
import { OVERTAKEN } from './hedge.ts'
import { type Outcome, outcomeIn } from './outcome.ts'
import type { Upstream } from './upstream.ts'
import { settled } from './wait.ts'

/**
 * Chooses the instance of each attempt, and tells its breaker and the set how it has fared. Where there is one address only nothing
 * is chosen, and the breaker of the backend is enough.
 *
 * @throws FacetError `backend-open` where all that there are rest, `backend-unreachable` where no address is known
 */
export function balanced<I, O>(
  send: Send<I, O>,
  upstream: Pick<Upstream, 'instances' | 'key' | 'ready' | 'isSeveral'>,
  timers: TimerWheel,
): Run<I, O> {
  const { instances, key, ready, isSeveral } = upstream
  if (!isSeveral) {
    const only = instances.all[0] as Instance
    return (input, context, attempts) => send(input, context, only, attempts)
  }
  return async (input, context, attempts) => {
    if (ready && instances.all.length === 0) await settled(ready, context, timers)
    const instance = instances.choose(attempts?.tried, key?.(input))
    attempts?.tried?.add(instance)
    const breaker = instance.breaker as Breaker | undefined
    const admission = breaker?.admit()
    instances.started(instance)
    const start = performance.now()
    let outcome: Outcome = 'ignored'
    try {
      const output = await send(input, context, instance, attempts)
      outcome = 'success'
      return output
    } catch (error) {
      outcome = outcomeIn(context, error, performance.now() - start, breaker?.settings.isFailure)
      throw error
    } finally {
      // An instance that others are always quicker than answers nothing that could be held against it.
      instances.ended(instance, context.token.reason === OVERTAKEN ? 'failure' : outcome)
      if (admission) breaker?.report(admission, outcome, performance.now() - start)
    }
  }
}
