import type { Timer, TimerWheel } from '../lib/timer-wheel.ts'

/** Milliseconds that a load has beyond its own deadline to hand over what it has. */
const GRACE = 50

/**
 * Ends a wait when the deadline of what is waited for has passed, and it has had the time to say what has become of it. That time begins
 * when the deadline is noticed: where the event loop stood still, the load has noticed it no sooner.
 *
 * @param left milliseconds until the deadline
 */
export function afterGrace(left: number, end: () => void, timers: TimerWheel): Timer {
  let timer = timers.set(left, () => {
    timer = timers.set(GRACE, end)
  })
  return { clear: () => timer.clear() }
}
