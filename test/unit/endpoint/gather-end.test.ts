import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { each } from '../../../src/call/each.ts'
import { optional } from '../../../src/call/optional.ts'
import { endpoint } from '../../../src/endpoint/endpoint.ts'
import { FacetError } from '../../../src/errors.ts'
import { testCall } from '../support/calls.ts'
import { rejectionOf } from '../support/failure.ts'
import { type GatherBench, gatherBench } from '../support/gathering.ts'

let bench: GatherBench
beforeEach(() => {
  jest.useFakeTimers()
  bench = gatherBench()
})
afterEach(() => {
  expect(bench.left()).toEqual({ timers: 0, listeners: 0 })
  jest.useRealTimers()
})

const nothing = () => ({})
const options = { deadline: '100ms' } as const

describe('at the deadline', () => {
  test('with only optional sources missing the answer is partial, and what is under way is aborted', async () => {
    const page = endpoint('GET /x', options)
      .source('a', bench.call('a', { delay: 10 }), nothing)
      .source('b', optional(bench.call('b', { delay: 500 }), 'instead'), nothing)
      .source('c', optional(bench.call('c')), ['b'], nothing)
    const running = bench.run(page)
    await jest.advanceTimersByTimeAsync(120)
    expect(await running).toEqual({
      data: { a: 'a', b: 'instead', c: undefined },
      partial: [
        { source: 'b', code: 'deadline' },
        { source: 'c', code: 'deadline' },
      ],
    })
    expect(Object.keys((await running).data)).toEqual(['a', 'b', 'c'])
    const aborted = bench.events.at(-1) as string
    expect(aborted).toMatch(/^1[01]\d abort b$/)
    expect(bench.token.reason).toMatchObject({ code: 'deadline' })
  })

  test('a source that was under way has the time that it was, one that never started none', async () => {
    const page = endpoint('GET /x', options)
      .source('a', bench.call('a', { delay: 40 }), nothing)
      .source('b', optional(bench.call('b', { delay: 500 })), ['a'], nothing)
      .source('c', optional(bench.call('c')), ['b'], nothing)
    const running = bench.run(page)
    const durations = running.then(() => bench.records.map(({ duration }) => duration))
    await jest.advanceTimersByTimeAsync(120)
    const [a, b, c] = (await durations) as [number, number, number]
    expect([a, c]).toEqual([40, 0])
    expect(b).toBeGreaterThanOrEqual(60)
    expect(b).toBeLessThanOrEqual(70)
    expect(bench.records).toMatchObject([
      { outcome: 'ok' },
      { outcome: 'fallback', code: 'deadline' },
      { outcome: 'fallback' },
    ])
  })

  test('with a required source missing the whole fails, under its name', async () => {
    const page = endpoint('GET /x', options)
      .source('a', optional(bench.call('a', { delay: 500 })), nothing)
      .source('b', bench.call('b', { delay: 500 }), nothing)
      .source('c', bench.call('c'), ['b'], nothing)
    const failure = rejectionOf(bench.run(page))
    await jest.advanceTimersByTimeAsync(120)
    expect(await failure).toMatchObject({ code: 'deadline', status: 504, source: 'b' })
    expect(bench.events.filter((event) => event.includes('abort'))).toHaveLength(2)
  })

  test('with a source missing that this client can do without the answer is partial', async () => {
    const page = endpoint('GET /x', options)
      .source('a', bench.call('a', { delay: 10 }), nothing)
      .source('b', bench.call('b', { delay: 500 }), nothing)
    const running = bench.run(page, {}, ['a', 'b'], ['b'])
    await jest.advanceTimersByTimeAsync(120)
    expect(await running).toEqual({ data: { a: 'a', b: undefined }, partial: [{ source: 'b', code: 'deadline' }] })
  })

  test('a fallback that fails is a mistake in the program', async () => {
    const broken = optional(bench.call('a', { delay: 500 })).recover(() => {
      throw new TypeError('in the fallback')
    })
    const failure = rejectionOf(bench.run(endpoint('GET /x', options).source('a', broken, nothing)))
    await jest.advanceTimersByTimeAsync(120)
    expect(await failure).toMatchObject({ code: 'internal' })
  })

  test('is not reached by an answer that is ready in time, and changes nothing afterwards', async () => {
    const page = endpoint('GET /x', options).source('a', bench.call('a', { delay: 99 }), nothing)
    const running = bench.run(page)
    await jest.advanceTimersByTimeAsync(99)
    expect((await running).partial).toEqual([])
    await jest.advanceTimersByTimeAsync(500)
    expect(bench.token.aborted).toBe(false)
  })

  test('comes as much sooner as the request is older: reading its body is part of its time', async () => {
    bench.started = performance.now() - 60
    const page = endpoint('GET /x', options).source('a', bench.call('a', { delay: 50 }), nothing)
    const failure = rejectionOf(bench.run(page))
    await jest.advanceTimersByTimeAsync(60)
    expect(await failure).toMatchObject({ code: 'deadline', source: 'a' })
    expect(bench.events.at(-1)).toMatch(/^4\d abort a$/)
  })

  test('that has passed before anything began ends it within a tick', async () => {
    bench.started = performance.now() - 500
    const page = endpoint('GET /x', options).source('a', bench.call('a', { delay: 50 }), nothing)
    const failure = rejectionOf(bench.run(page))
    // A tick, and then what settles at the same moment.
    await jest.advanceTimersByTimeAsync(10 + 1)
    expect(await failure).toMatchObject({ code: 'deadline' })
  })

  describe('a required list keeps the parts that are there, with fallbacks for those that are optional', () => {
    const part = testCall<number, string>(
      (delay) => new Promise((resolve) => setTimeout(resolve, delay, 'there').unref()),
    )
    const page = endpoint('GET /x', options).source('list', each(optional(part, 'instead')), () => [10, 5_000])
    const kept = { data: { list: ['there', 'instead'] }, partial: [{ source: 'list', code: 'deadline' }] }

    test('in time', async () => {
      const running = bench.run(page)
      await jest.advanceTimersByTimeAsync(100)
      expect(await running).toEqual(kept)
    })

    test('also where the event loop is so late that all is due at once', async () => {
      jest.useRealTimers()
      const running = bench.run(page)
      setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100), 40)
      expect(await running).toEqual(kept)
    })
  })

  test('calls know when it is', async () => {
    const call = testCall<object, number>(async (_, { deadline }) => deadline)
    const { data } = await bench.run(endpoint('GET /x', options).source('a', call, nothing))
    expect(data.a).toBe(performance.now() + 100)
  })
})

describe('a client that leaves', () => {
  const left = new FacetError('client-closed')

  test('ends everything at once, for its reason, without fallbacks, and nothing more starts', async () => {
    const page = endpoint('GET /x')
      .source('a', optional(bench.call('a', { delay: 50 }), 'instead'), nothing)
      .source('b', optional(bench.call('b'), 'instead'), ['a'], nothing)
    const failure = rejectionOf(bench.run(page))
    await jest.advanceTimersByTimeAsync(20)
    bench.token.cancel(left)
    expect(await failure).toBe(left)
    await jest.advanceTimersByTimeAsync(500)
    expect(bench.events).toEqual(['0 start a', '20 abort a'])
  })

  test('before anything began starts nothing', async () => {
    bench.token.cancel(left)
    const page = endpoint('GET /x').source('a', optional(bench.call('a'), 'instead'), nothing)
    expect(await rejectionOf(bench.run(page))).toBe(left)
    expect(bench.events).toEqual([])
  })

  test('while input functions run starts no more of them', async () => {
    const page = endpoint('GET /x')
      .source('a', bench.call('a', { delay: 10 }), () => {
        bench.token.cancel(left)
        return {}
      })
      .source('b', bench.call('b'), nothing)
    expect(await rejectionOf(bench.run(page))).toBe(left)
    expect(bench.events.some((event) => event.endsWith(' b'))).toBe(false)
  })

  test('after the answer changes nothing', async () => {
    const page = endpoint('GET /x').source('a', bench.call('a'), nothing)
    const gathered = await bench.run(page)
    bench.token.cancel(left)
    expect(gathered).toEqual({ data: { a: 'a' }, partial: [] })
    expect(bench.records).toMatchObject([{ outcome: 'ok' }])
  })
})
