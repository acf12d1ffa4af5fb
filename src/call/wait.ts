import { FacetError } from '../errors.ts'
import type { TimerWheel } from '../lib/timer-wheel.ts'
import type { CallContext } from './call.ts'

/** Waits, or rejects with the reason when the request is given up. @param ms milliseconds */
export function sleep(ms: number, { token }: CallContext, timers: TimerWheel): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (reason: unknown) => {
      timer.clear()
      reject(reason)
    }
    const timer = timers.set(ms, () => {
      token.off(stop)
      resolve()
    })
    token.on(stop)
  })
}

/** Waits for what never fails, but not beyond the request's deadline or its end. @throws FacetError `deadline` */
export function settled(
  promise: Promise<void>,
  context: Pick<CallContext, 'token' | 'deadline'>,
  timers: TimerWheel,
): Promise<void> {
  const left = Math.min(context.deadline - performance.now(), LONGEST)
  return new Promise((resolve, reject) => {
    const end = () => {
      timer.clear()
      context.token.off(stop)
    }
    const stop = (reason: unknown) => {
      end()
      reject(reason)
    }
    const timer = timers.set(Math.max(0, left), () => stop(new FacetError('deadline')))
    context.token.on(stop)
    promise.then(() => {
      end()
      resolve()
    })
  })
}

/** What is not part of a request has no deadline. Milliseconds. */
const LONGEST = 10_000

/** How long before the deadline a part is given up: two ticks of the timers, so that the whole is in time. Milliseconds. */
const LEAD = 20

/** The answer, or a FacetError `deadline` shortly before that comes; what would only begin then is not asked any more. */
export function beforeDeadline<O>(ask: () => Promise<O>, { deadline }: CallContext, timers: TimerWheel): Promise<O> {
  // A load that others wait for has none.
  if (deadline === Number.POSITIVE_INFINITY) return ask()
  const left = deadline - LEAD - performance.now()
  if (left <= 0) return Promise.reject(new FacetError('deadline'))
  const answer = ask()
  return new Promise((resolve, reject) => {
    const timer = timers.set(left, () => reject(new FacetError('deadline')))
    answer.then(resolve, reject).finally(() => timer.clear())
  })
}
