import { FacetError } from '../errors.ts'
import type { Timer, TimerWheel } from '../lib/timer-wheel.ts'
import type { CallContext } from './call.ts'

/** Watches over one attempt until `end` is called. */
export interface Watch {
  end(): void
}

/**
 * Bounds one attempt: by its own timeout, by what is left of the request's deadline, and by the request's cancellation.
 * Whichever comes first calls `abort`, once. This is one timer and one listener an attempt, and no token of its own:
 * the transport aborts its exchange directly.
 *
 * @param ms the attempt's timeout, in milliseconds
 */
export function watch(context: CallContext, ms: number, timers: TimerWheel, abort: (reason: unknown) => void): Watch {
  const { token } = context
  const left = context.deadline - performance.now()
  let timer: Timer | undefined
  const end = () => {
    timer?.clear()
    token.off(stop)
  }
  const stop = (reason: unknown) => {
    end()
    abort(reason)
  }
  timer = timers.set(Math.max(0, Math.min(ms, left)), () =>
    stop(new FacetError(ms <= left ? 'backend-timeout' : 'deadline')),
  )
  token.on(stop)
  return { end }
}
