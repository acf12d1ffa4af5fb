import { FacetError } from '../errors.ts'
import type { TimerWheel } from '../lib/timer-wheel.ts'
import type { Policy } from './call.ts'
import { ChildContext } from './child-context.ts'

/**
 * Waits for an answer no longer than that, whatever its backend is allowed: it fails then, for its fallback to stand in. A load
 * whose answer is kept goes on, under its own timeout, and the next one who asks finds it; any other is aborted.
 *
 * @param ms since the call began
 */
export function after(ms: number, timers: TimerWheel, isKept: boolean): Policy {
  return (next) => (input, context) =>
    new Promise((resolve, reject) => {
      let isLate = false
      // What goes on without anybody waiting has no deadline but its own timeouts.
      const child = new ChildContext(context, isKept ? Number.POSITIVE_INFINITY : context.deadline)
      const leave = (reason: unknown) => {
        timer.clear()
        child.token.cancel(reason)
        reject(reason)
      }
      const timer = timers.set(ms, () => {
        isLate = true
        context.token.off(leave)
        const late = new FacetError('backend-timeout', { detail: `no answer after ${ms} ms, which is all it is given` })
        if (!isKept) child.token.cancel(late)
        reject(late)
      })
      context.token.on(leave)
      const settle = () => {
        if (isLate) return
        timer.clear()
        context.token.off(leave)
        child.handOver()
      }
      next(input, child).then(
        (value) => {
          settle()
          resolve(value)
        },
        (error: unknown) => {
          settle()
          reject(error)
        },
      )
    })
}
