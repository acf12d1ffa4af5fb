import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { Attempt, type Bounds } from '../../../src/call/timeout.ts'
import { TimerWheel } from '../../../src/lib/timer-wheel.ts'
import { type TestContext, testContext } from '../support/calls.ts'

let timers: TimerWheel
beforeEach(() => {
  jest.useFakeTimers()
  timers = new TimerWheel(10)
})
afterEach(() => void jest.useRealTimers())

/** An attempt that does nothing but wait. */
class Waiting extends Attempt {
  /** The reasons for which it was aborted. */
  readonly aborted: unknown[] = []

  constructor(context: TestContext, bounds: number | Partial<Bounds>) {
    super()
    const said = typeof bounds === 'number' ? { attempt: bounds } : bounds
    this.watch(context, { attempt: 5_000, headers: undefined, body: undefined, ...said }, timers)
  }

  answer(): void {
    this.headed()
  }

  protected override abort(reason: unknown): void {
    this.aborted.push(reason)
  }

  finish(): void {
    this.end()
  }
}

describe('an attempt', () => {
  test('is aborted after its timeout, not before, and at most a tick later', () => {
    const { aborted } = new Waiting(testContext(), 100)
    jest.advanceTimersByTime(99)
    expect(aborted).toEqual([])
    jest.advanceTimersByTime(11)
    expect(aborted).toMatchObject([{ code: 'backend-timeout' }])
  })

  test('is aborted at the deadline of the request where that comes first, and says so', () => {
    const { aborted } = new Waiting(testContext({ deadline: performance.now() + 50 }), 100)
    jest.advanceTimersByTime(49)
    expect(aborted).toEqual([])
    jest.advanceTimersByTime(11)
    expect(aborted).toMatchObject([{ code: 'deadline' }])
  })

  test('is aborted within a tick where the deadline has passed already', () => {
    const { aborted } = new Waiting(testContext({ deadline: performance.now() - 5 }), 100)
    jest.advanceTimersByTime(10)
    expect(aborted).toMatchObject([{ code: 'deadline' }])
  })

  test('is aborted when the request is given up, for the same reason', () => {
    const context = testContext()
    const { aborted } = new Waiting(context, 100)
    context.token.cancel('client left')
    expect(aborted).toEqual(['client left'])
  })

  test.each<[string, (context: TestContext, attempt: Waiting) => void]>([
    ['it has ended', (_, attempt) => attempt.finish()],
    ['it was said to have ended twice', (_, attempt) => [attempt.finish(), attempt.finish()]],
    ['its time is over', () => jest.advanceTimersByTime(200)],
    ['the request was given up', (context) => context.token.cancel('left')],
  ])('leaves neither timer nor listener when %s, and is not aborted a second time', (_, finish) => {
    const context = testContext()
    const attempt = new Waiting(context, 100)
    expect([timers.size, context.token.waiting]).toEqual([1, 1])
    finish(context, attempt)
    expect([timers.size, context.token.waiting]).toEqual([0, 0])
    const times = attempt.aborted.length
    jest.advanceTimersByTime(1_000)
    context.token.cancel('later')
    attempt.finish()
    expect(attempt.aborted).toHaveLength(times)
  })
})

test('an attempt of a request that was given up before is aborted at once, and waits for nothing', () => {
  const context = testContext()
  context.token.cancel('client left')
  const { aborted } = new Waiting(context, 100)
  expect([aborted, timers.size, context.token.waiting]).toEqual([['client left'], 0, 0])
})

describe('the parts of an attempt', () => {
  const at = (attempt: Waiting, ms: number) => {
    jest.advanceTimersByTime(ms)
    return attempt.aborted.map((error) => (error as { code: string }).code)
  }

  test('the head is waited for no longer than it may take', () => {
    const attempt = new Waiting(testContext(), { headers: 100 })
    expect(at(attempt, 90)).toEqual([])
    expect(at(attempt, 30)).toEqual(['backend-timeout'])
  })

  test('the body has its own time, from the head on', () => {
    const attempt = new Waiting(testContext(), { headers: 100, body: 50 })
    jest.advanceTimersByTime(90)
    attempt.answer()
    expect(at(attempt, 40)).toEqual([])
    expect(at(attempt, 30)).toEqual(['backend-timeout'])
  })

  test('a body without a time of its own has what is left of the attempt', () => {
    const attempt = new Waiting(testContext(), { attempt: 300, headers: 100 })
    jest.advanceTimersByTime(90)
    attempt.answer()
    expect(at(attempt, 200)).toEqual([])
    expect(at(attempt, 30)).toEqual(['backend-timeout'])
  })

  test('none of them is longer than the attempt, nor than the request', () => {
    expect(at(new Waiting(testContext(), { attempt: 50, headers: 100 }), 70)).toEqual(['backend-timeout'])
    const late = new Waiting(testContext({ deadline: performance.now() + 50 }), { headers: 10, body: 1_000 })
    late.answer()
    expect(at(late, 70)).toEqual(['deadline'])
  })

  test('leave nothing behind', () => {
    const attempt = new Waiting(testContext(), { headers: 100, body: 50 })
    attempt.answer()
    attempt.finish()
    attempt.answer()
    expect(timers.size).toBe(0)
  })
})
