import { jest } from '@jest/globals'

/** What sockets and timers need; only the date is the test's. */
const REAL = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask'] as const),
  ...(['setImmediate', 'clearImmediate', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
]

/** A date that passes when the test says so, while sockets go on as ever. */
export interface Clock {
  /** Milliseconds. */
  advance(ms: number): void
  restore(): void
}

export function fakeDate(): Clock {
  let now = Date.parse('2026-11-20T12:00:00Z')
  jest.useFakeTimers({ doNotFake: [...REAL], now })
  return {
    advance: (ms) => {
      now += ms
      jest.setSystemTime(now)
    },
    restore: () => void jest.useRealTimers(),
  }
}
