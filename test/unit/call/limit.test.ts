import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { Limit, limit } from '../../../src/call/limit.ts'
import { FacetError } from '../../../src/errors.ts'
import { TimerWheel } from '../../../src/lib/timer-wheel.ts'
import { type TestContext, testContext } from '../support/calls.ts'
import { type Deferred, deferred, settled } from '../support/deferred.ts'

let timers: TimerWheel
let start: number
beforeEach(() => {
  jest.useFakeTimers()
  timers = new TimerWheel(1)
  start = performance.now()
})
afterEach(() => void jest.useRealTimers())

/** Calls through a limit that last until the test says so, with what has happened so far. */
function watched(limiter: Limit) {
  const happened: string[] = []
  const running = new Map<string, Deferred<void>>()
  const run = limit(limiter)(async (name: string) => {
    happened.push(`${name} begins`)
    const end = deferred()
    running.set(name, end)
    await end.promise
  })
  const call = async (name: string, context = testContext()): Promise<void> => {
    try {
      await run(name, context)
      happened.push(`${name} ends`)
    } catch (error) {
      happened.push(`${name} ${error instanceof FacetError ? error.code : error}`)
    }
  }
  /** What has happened since this was asked last, after so many milliseconds; at one instant all come in the order of their names. */
  const news = async (ms = 0) => {
    await jest.advanceTimersByTimeAsync(ms)
    await settled()
    return happened.splice(0).sort()
  }
  return {
    call,
    news,
    end: (name: string) => running.get(name)?.resolve(),
    fail: (name: string) => running.get(name)?.reject('fault'),
  }
}

describe('two places, and two to wait', () => {
  const settings = { concurrency: 2, queue: 2 }

  test('are given in order, and who comes when all are taken is told at once', async () => {
    const limiter = new Limit(settings, timers)
    const { call, news, end, fail } = watched(limiter)
    // At 0 ms five calls come.
    for (const name of ['a', 'b', 'c', 'd', 'e']) void call(name)
    expect(await news()).toEqual(['a begins', 'b begins', 'e backend-busy'])
    expect([limiter.inFlight, limiter.waiting, limiter.limit]).toEqual([2, 2, 2])
    // At 100 ms b ends: the one that has waited longest has its place, and there is one to wait in.
    expect(await news(100)).toEqual([])
    end('b')
    expect(await news()).toEqual(['b ends', 'c begins'])
    void call('f')
    void call('g')
    expect(await news()).toEqual(['g backend-busy'])
    // At 200 ms a fails: that gives its place back as well.
    await news(100)
    fail('a')
    expect(await news()).toEqual(['a fault', 'd begins'])
    for (const name of ['c', 'd']) end(name)
    expect(await news()).toEqual(['c ends', 'd ends', 'f begins'])
    end('f')
    expect(await news()).toEqual(['f ends'])
    expect([limiter.inFlight, limiter.waiting, timers.size]).toEqual([0, 0, 0])
  })

  test('are not waited for any longer by who has left, or has no more time', async () => {
    const limiter = new Limit(settings, timers)
    const { call, news, end } = watched(limiter)
    const leaving = testContext()
    const hurried = testContext({ deadline: start + 50 })
    void call('a')
    void call('b')
    void call('leaving', leaving)
    void call('hurried', hurried)
    expect(await news()).toEqual(['a begins', 'b begins'])
    // At 20 ms one client leaves, and another one comes in its place.
    await news(20)
    leaving.token.cancel('client left')
    void call('late')
    expect(await news()).toEqual(['leaving client left'])
    expect(limiter.waiting).toBe(2)
    // At 50 ms the time of the other is over.
    expect(await news(28)).toEqual([])
    expect(await news(3)).toEqual(['hurried deadline'])
    end('a')
    expect(await news()).toEqual(['a ends', 'late begins'])
    for (const name of ['b', 'late']) end(name)
    await news()
    expect([limiter.inFlight, limiter.waiting, timers.size]).toEqual([0, 0, 0])
    expect([leaving.token.waiting, hurried.token.waiting]).toEqual([0, 0])
  })

  test('go on where the client of who is given one leaves at that moment', async () => {
    const limiter = new Limit({ concurrency: 1, queue: 2 }, timers)
    const { call, news, end } = watched(limiter)
    const context = testContext()
    limiter.acquire(testContext())
    void call('a', context)
    void call('b')
    limiter.release()
    context.token.cancel('client left')
    // An attempt that begins with a cancelled token ends at once; here it does when it is told to.
    expect(await news()).toEqual(['a begins'])
    end('a')
    expect(await news()).toEqual(['a ends', 'b begins'])
    end('b')
    await news()
    expect([limiter.inFlight, limiter.waiting, context.token.waiting]).toEqual([0, 0, 0])
  })
})

test('without a queue, who finds no place is told at once and when to come back', async () => {
  const limiter = new Limit({ concurrency: 1, queue: 0 }, timers)
  expect(limiter.acquire(testContext())).toBeUndefined()
  expect(() => limiter.acquire(testContext())).toThrow(
    expect.objectContaining({ code: 'backend-busy', status: 503, headers: { 'retry-after': '1' } }),
  )
  limiter.release()
  expect(limiter.acquire(testContext())).toBeUndefined()
})

test('who has been given up before takes no place', async () => {
  const limiter = new Limit({}, timers)
  const { call, news } = watched(limiter)
  const context = testContext()
  context.token.cancel('client left')
  void call('a', context)
  expect(await news()).toEqual(['a client left'])
  expect(limiter.inFlight).toBe(0)
})

test('a call that throws before it has begun gives its place back', async () => {
  const limiter = new Limit({}, timers)
  const run = limit(limiter)(() => {
    throw new TypeError('x is not a function')
  })
  await expect(run('x', testContext())).rejects.toThrow(TypeError)
  expect(limiter.inFlight).toBe(0)
})

describe('a bound that moves', () => {
  const moving = (concurrency: number, queue = 10) => {
    const bound = { limit: 1, sample: () => {} }
    return { bound, limiter: new Limit({ concurrency, queue }, timers, bound) }
  }

  test('lets in as many as it has risen by, when the next call ends or comes', async () => {
    const { bound, limiter } = moving(3)
    const { call, news, end } = watched(limiter)
    for (const name of ['a', 'b', 'c', 'd', 'e']) void call(name)
    expect(await news()).toEqual(['a begins'])
    bound.limit = 2
    void call('f')
    expect(await news()).toEqual(['b begins'])
    bound.limit = 9
    end('a')
    expect(await news()).toEqual(['a ends', 'c begins', 'd begins'])
    // It has fallen: two must end before another begins.
    bound.limit = 2
    end('b')
    expect(await news()).toEqual(['b ends'])
    end('c')
    expect(await news()).toEqual(['c ends', 'e begins'])
  })

  test('never closes altogether', () => {
    const { bound, limiter } = moving(3)
    bound.limit = 0
    expect(limiter.limit).toBe(1)
  })
})

test('no more calls are in flight than may be, and none waits while there is a place, whatever happens', async () => {
  const act = fc.constantFrom('come', 'come', 'end', 'leave', 'wait', 'rise', 'fall')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(act, fc.nat(20)), { maxLength: 80 }),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(5),
      async (acts, concurrency, queue) => {
        const bound = { limit: concurrency, sample: () => {} }
        const limiter = new Limit({ concurrency, queue }, timers, bound)
        const inside: Deferred<void>[] = []
        const begun: number[] = []
        const order: number[] = []
        const contexts: TestContext[] = []
        let most = 0
        const run = limit(limiter)(async (nth: number) => {
          begun.push(nth)
          const end = deferred()
          inside.push(end)
          most = Math.max(most, inside.length)
          await end.promise
        })
        for (const [what, which] of acts) {
          if (what === 'come') {
            const context = testContext({ deadline: performance.now() + 30 })
            contexts.push(context)
            run(contexts.length, context).catch(() => {})
          } else if (what === 'end') inside.splice(which % (inside.length || 1), 1)[0]?.resolve()
          else if (what === 'leave') contexts[which % (contexts.length || 1)]?.token.cancel('client left')
          else if (what === 'wait') jest.advanceTimersByTime(which)
          else if (what === 'rise') bound.limit = concurrency
          else bound.limit = 1
          await settled()
          // Who is given a place within the same turn begins within the same turn.
          order.push(...begun.splice(0).toSorted((a, b) => a - b))
          expect(limiter.inFlight).toBe(inside.length)
          expect(limiter.inFlight).toBeLessThanOrEqual(concurrency)
          expect(limiter.waiting).toBeLessThanOrEqual(queue)
          // A rise is noticed with the next call that comes or ends.
          if (what === 'come' || what === 'end')
            expect(limiter.waiting > 0 && limiter.inFlight < limiter.limit && inside.length > 0).toBe(false)
        }
        expect(order).toEqual(order.toSorted((a, b) => a - b))
        for (let turn = 0; inside.length > 0; turn++) {
          for (const end of inside.splice(0)) end.resolve()
          await settled()
          expect(turn).toBeLessThan(100)
        }
        expect([limiter.inFlight, limiter.waiting, timers.size]).toEqual([0, 0, 0])
        expect(contexts.filter(({ token }) => token.waiting > 0)).toEqual([])
        expect(most).toBeLessThanOrEqual(concurrency)
      },
    ),
  )
})
