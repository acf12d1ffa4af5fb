import { jest } from '@jest/globals'

/** A clock that stands, except where a step says that it took long. */
export interface StoppedClock {
  /** Lets more time pass than a slice may take. */
  pass(): void
}

/** Stops the clock, until mocks are restored: a slice then ends only where its job does, or where time is said to pass. */
export function stopClock(): StoppedClock {
  let now = performance.now()
  jest.spyOn(performance, 'now').mockImplementation(() => now)
  return {
    pass: () => {
      now += 1_000
    },
  }
}

/** The next turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** A job that writes down a letter with each of its steps, each of which takes as long as a slice may. */
export function slowSteps(clock: StoppedClock, log: string[], letter: string, count: number): () => boolean {
  let left = count
  return () => {
    log.push(letter)
    clock.pass()
    return --left === 0
  }
}
