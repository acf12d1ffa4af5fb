import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { defineBackend } from '../../../src/backend/backend.ts'
import { transportOf } from '../../../src/backend/open-transport.ts'
import type { Answer } from '../../../src/backend/transport.ts'
import type { Instance } from '../../../src/call/balance/instance.ts'
import { Breaker, breaker } from '../../../src/call/breaker.ts'
import type { CallContext } from '../../../src/call/call.ts'
import { type HedgeSettings, hedge } from '../../../src/call/hedge.ts'
import { RetryBudget } from '../../../src/call/retry-budget.ts'
import { upstreamOf } from '../../../src/call/upstream.ts'
import { FacetError } from '../../../src/errors.ts'
import { Fields } from '../../../src/lib/fields.ts'
import { TimerWheel } from '../../../src/lib/timer-wheel.ts'
import { testContext, testRuntime } from '../support/calls.ts'

let timers: TimerWheel
beforeEach(() => {
  jest.useFakeTimers()
  timers = new TimerWheel(1)
})
afterEach(() => void jest.useRealTimers())

/** How an attempt goes: after so many milliseconds it answers, or fails with what is given. */
type Script = readonly [ms: number, failure?: unknown]

const unreachable = () => new FacetError('backend-unreachable')
const unknown = () => new FacetError('resource-unknown', { upstream: 404 })

/** A hedged read whose attempts go as they are scripted, and what happened when. */
function hedged(scripts: readonly Script[], settings: HedgeSettings = { delay: 100 }, budget = new RetryBudget()) {
  let start = performance.now()
  let asked = 0
  const happened: string[] = []
  const say = (what: string) => happened.push(`${Math.round(performance.now() - start)}: ${what}`)
  const attempt = (input: string, context: CallContext) =>
    new Promise<string>((resolve, reject) => {
      const nth = asked++
      const [ms, failure] = scripts[nth % scripts.length] as Script
      say(`attempt ${nth + 1}`)
      const stop = (reason: unknown) => {
        say(`attempt ${nth + 1} aborted`)
        clearTimeout(timer)
        reject(reason)
      }
      const timer = setTimeout(() => {
        context.token.off(stop)
        context.bytes = 1_000 + nth
        if (failure) reject(failure)
        else resolve(`answer ${nth + 1} to ${input}`)
      }, ms)
      context.token.on(stop)
    })
  const run = hedge(settings, timers, budget)(attempt)
  const call = async (context = testContext()) => {
    try {
      say(await run('x', context))
    } catch (error) {
      say(error instanceof FacetError ? error.code : String(error))
    }
    return context
  }
  /** The story of one call, from 0 ms. */
  const story = async (context = testContext(), ms = 10_000) => {
    start = performance.now()
    asked = 0
    happened.length = 0
    const over = call(context)
    await jest.advanceTimersByTimeAsync(ms)
    await over
    return happened.map((line) => line.replace(/^(\d+)/, (at) => String(Math.round(Number(at) / 10) * 10)))
  }
  return { story, call, happened }
}

describe('a second attempt after 100 ms', () => {
  test.each<[string, Script[], string[]]>([
    ['is not made where the first answers before', [[90]], ['0: attempt 1', '90: answer 1 to x']],
    [
      'wins where it is faster, and the first is aborted',
      [[5_000], [50]],
      ['0: attempt 1', '100: attempt 2', '150: attempt 1 aborted', '150: answer 2 to x'],
    ],
    [
      'loses where it is slower, and is aborted',
      [[200], [500]],
      ['0: attempt 1', '100: attempt 2', '200: attempt 2 aborted', '200: answer 1 to x'],
    ],
    [
      'is not made where the first fails before: that is the business of `retry`',
      [[90, unreachable()], [10]],
      ['0: attempt 1', '90: backend-unreachable'],
    ],
    [
      'is waited for where the first fails while it is under way',
      [[200, unreachable()], [300]],
      ['0: attempt 1', '100: attempt 2', '400: answer 2 to x'],
    ],
    [
      'that fails does not matter while the first is under way',
      [[400], [50, unreachable()]],
      ['0: attempt 1', '100: attempt 2', '400: answer 1 to x'],
    ],
    [
      'that fails as well leaves the failure of the first',
      [
        [300, new FacetError('backend-malformed')],
        [50, unreachable()],
      ],
      ['0: attempt 1', '100: attempt 2', '300: backend-malformed'],
    ],
    [
      'that fails last leaves the failure of the first, too',
      [
        [200, new FacetError('backend-malformed')],
        [500, unreachable()],
      ],
      ['0: attempt 1', '100: attempt 2', '600: backend-malformed'],
    ],
    [
      'that hears a 404 ends the call: that is an answer',
      [[5_000], [50, unknown()]],
      ['0: attempt 1', '100: attempt 2', '150: attempt 1 aborted', '150: resource-unknown'],
    ],
    [
      'that hears a 404 after the first has failed ends it with the 404',
      [
        [120, unreachable()],
        [50, unknown()],
      ],
      ['0: attempt 1', '100: attempt 2', '150: resource-unknown'],
    ],
  ])('%s', async (_, scripts, expected) => {
    const context = testContext()
    expect(await hedged(scripts).story(context)).toEqual(expected)
    expect([timers.size, context.token.waiting, jest.getTimerCount()]).toEqual([0, 0, 0])
  })

  test('is never made before 10 ms', async () => {
    expect(await hedged([[500], [10]], { delay: 0 }).story()).toEqual([
      '0: attempt 1',
      '10: attempt 2',
      '20: attempt 1 aborted',
      '20: answer 2 to x',
    ])
  })

  test('is made as often as the budget of retries allows; the other calls wait for their first', async () => {
    const budget = new RetryBudget()
    const { call, happened } = hedged([[300]], { delay: 100 }, budget)
    const calls = Array.from({ length: 50 }, () => call())
    await jest.advanceTimersByTimeAsync(1_000)
    await Promise.all(calls)
    expect(happened.filter((line) => /^\d+: attempt \d+$/.test(line))).toHaveLength(80)
    expect(happened.filter((line) => line.includes('answer'))).toHaveLength(50)
    expect(budget.take()).toBe(false)
  })
})

describe('the client that leaves', () => {
  test('at 120 ms aborts both attempts at once, and nothing is left', async () => {
    const context = testContext()
    const { call, happened } = hedged([[500], [500]])
    const over = call(context)
    await jest.advanceTimersByTimeAsync(120)
    context.token.cancel('client left')
    await over
    expect(happened.map((line) => line.replace(/^\d+: /, ''))).toEqual([
      'attempt 1',
      'attempt 2',
      'attempt 1 aborted',
      'attempt 2 aborted',
      'client left',
    ])
    expect([timers.size, context.token.waiting, jest.getTimerCount()]).toEqual([0, 0, 0])
  })

  test('before the call begins makes no attempt', async () => {
    const context = testContext()
    context.token.cancel('client left')
    const { call, happened } = hedged([[10]])
    await call(context)
    expect(happened).toEqual([expect.stringContaining('client left')])
  })
})

test('an attempt that throws before it has begun fails the call, and nothing is left', async () => {
  const context = testContext()
  const run = hedge(
    { delay: 100 },
    timers,
    new RetryBudget(),
  )(() => {
    throw new TypeError('x is not a function')
  })
  await expect(run('x', context)).rejects.toThrow(TypeError)
  expect([timers.size, context.token.waiting]).toEqual([0, 0])
})

describe('what the attempts note', () => {
  test('reaches the caller from the one that is answered with, and only from that', async () => {
    const scripted = [
      { ms: 5_000, tag: 'first' },
      { ms: 50, tag: 'second' },
    ]
    const head = (tag: string) => ({ status: 200, fields: new Fields(['x-tag', tag]), requested: 1, received: 2 })
    const run = hedge(
      { delay: 100 },
      timers,
      new RetryBudget(),
    )(async (_: string, context) => {
      const { ms, tag } = scripted.shift() as { ms: number; tag: string }
      context.bytes = ms
      context.fresh = 1_000 + ms
      context.cache = 'miss'
      context.tags = new Set([tag])
      context.told = [`call ${tag}`]
      context.head = head(tag)
      context.degrade(tag)
      await new Promise((resolve) => setTimeout(resolve, ms))
      return tag
    })
    const context = testContext({ tags: new Set(['before']), told: ['data miss'], wantsHead: true })
    const answer = run('x', context)
    await jest.advanceTimersByTimeAsync(120)
    expect([context.bytes, context.cache, [...(context.tags ?? [])], context.degraded]).toEqual([
      0,
      undefined,
      ['before'],
      [],
    ])
    await jest.advanceTimersByTimeAsync(10_000)
    expect(await answer).toBe('second')
    expect(context).toMatchObject({ bytes: 50, fresh: 1_050, cache: 'miss', degraded: ['second'] })
    expect([...(context.tags ?? [])]).toEqual(['before', 'second'])
    expect(context.told).toEqual(['data miss', 'call second'])
    expect(context.head?.fields.get('x-tag')).toBe('second')
  })

  test('is made with what the caller has', async () => {
    const seen: CallContext[] = []
    const given = testContext({
      deadline: 9_999_999,
      wantsHead: true,
      isShared: true,
      isBypassing: true,
      conditions: ['if-none-match', '"1"'],
      dataTags: ['a'],
    })
    await hedge({ delay: 100 }, timers, new RetryBudget())(async (_: string, own) => void seen.push(own))('x', given)
    const { token, cache, fresh, bytes, tags, told, degrade, degraded, ...same } = given
    expect(seen).toEqual([expect.objectContaining(same)])
    expect(seen[0]?.token).not.toBe(token)
  })
})

/** Lets so many milliseconds pass, or fails with the reason when it is aborted. */
function lasting(ms: number, { token }: CallContext): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (reason: unknown) => {
      clearTimeout(timer)
      reject(reason)
    }
    const timer = setTimeout(() => {
      token.off(stop)
      resolve()
    }, ms)
    token.on(stop)
  })
}

describe('after the observed 95th percentile', () => {
  /** Makes one call every 10 ms, the nth of which has a first attempt of so many milliseconds; a second one takes 1. */
  const making = async (count: number, first: (nth: number) => number) => {
    const budget = new RetryBudget()
    const attempts: number[] = Array.from({ length: count }, () => 0)
    const durations: number[] = []
    const run = hedge(
      { delay: 'p95' },
      timers,
      budget,
    )(async (nth: number, context) => {
      attempts[nth] = (attempts[nth] as number) + 1
      await lasting(attempts[nth] === 1 ? first(nth) : 1, context)
    })
    for (let nth = 0; nth < count; nth++) {
      budget.count()
      const start = performance.now()
      run(nth, testContext()).then(() => {
        durations[nth] = performance.now() - start
      })
      await jest.advanceTimersByTimeAsync(10)
    }
    await jest.advanceTimersByTimeAsync(10_000)
    const hedges = attempts.flatMap((number, nth) => (number > 1 ? [nth] : []))
    return { hedges, durations }
  }
  const isSlow = (nth: number) => nth % 30 === 29
  const usual = (nth: number) => 50 + (nth % 50)

  test('there is no second attempt before twenty have answered', async () => {
    const { hedges } = await making(20, () => 3_000)
    expect(hedges).toEqual([])
  })

  test('one call in thirty that takes 3 s takes no more than 120 ms; one in ten is asked twice, and it stays so', async () => {
    const { hedges, durations } = await making(3_000, (nth) => (isSlow(nth) ? 3_000 : usual(nth)))
    const settledIn = 200
    const slow = durations.filter((_, nth) => nth >= settledIn && isSlow(nth))
    expect(slow.length).toBeGreaterThan(90)
    expect(Math.max(...slow)).toBeLessThanOrEqual(120)
    for (const from of [settledIn, 1_000, 2_000]) {
      const share = hedges.filter((nth) => nth >= from).length / (3_000 - from)
      expect(share).toBeGreaterThan(1 / 30 - 0.005)
      expect(share).toBeLessThan(0.1)
    }
  })

  test('a backend that becomes slower for good is not asked twice for long', async () => {
    const { hedges } = await making(2_000, (nth) => (nth < 500 ? 60 : 95) + (nth % 20))
    expect(hedges.filter((nth) => nth >= 1_000).length / 1_000).toBeLessThan(0.12)
  })
})

test('the attempt that is aborted says nothing to the breaker', async () => {
  const circuit = new Breaker({ minimum: 2, slow: { over: 100, rate: 0.5 } })
  let attempts = 0
  const run = hedge(
    { delay: 100 },
    timers,
    new RetryBudget(),
  )(breaker(circuit)(async (_: string, context: CallContext) => lasting(++attempts % 2 === 1 ? 5_000 : 50, context)))
  for (let call = 0; call < 10; call++) {
    const over = run('x', testContext())
    await jest.advanceTimersByTimeAsync(200)
    await over
  }
  expect([attempts, circuit.state]).toEqual([20, 'closed'])
})

test('over HTTP: a backend that hangs on the first request has answered the second, and the first is closed', async () => {
  jest.useRealTimers()
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    if (asked.length > 1) response.end('second')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const runtime = testRuntime()
  const backend = defineBackend('hanging', { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  const transport = transportOf(backend, runtime)
  const [instance] = upstreamOf(runtime, backend).instances.all as [Instance]
  const context = testContext()
  const run = hedge(
    { delay: 30 },
    runtime.timers,
    new RetryBudget(),
  )((path: string, own: CallContext) =>
    transport.send({ method: 'GET', path, headers: [], body: null }, own, instance, backend.bounds),
  )
  try {
    const answer = await run('/x', context)
    expect(String((answer as Answer).body)).toBe('second')
    const [first] = asked
    if (!first?.socket.destroyed) await once(first?.socket as IncomingMessage['socket'], 'close')
    expect([asked.length, context.token.waiting, runtime.timers.size]).toEqual([2, 0, 0])
  } finally {
    await runtime.close()
    server.closeAllConnections()
    server.close()
  }
})
