import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { each } from '../../../src/call/each.ts'
import { covering, optional } from '../../../src/call/optional.ts'
import { endpoint } from '../../../src/endpoint/endpoint.ts'
import { FacetError } from '../../../src/errors.ts'
import { backendInfo, testCall, testContext, testRuntime } from '../support/calls.ts'
import { gatherBench } from '../support/gathering.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

/** A read that answers what it is told to, or fails. */
function fickle(forward: readonly string[] = []) {
  const state = { answer: 'first' as string | undefined, asked: 0 }
  const call = testCall<string, string>(
    async (input) => {
      state.asked++
      if (state.answer === undefined) throw new FacetError('backend-timeout')
      return `${state.answer} ${input}`
    },
    { name: 'fickle', backend: backendInfo('crm', forward) },
  )
  return { state, call }
}

describe('the last good answer', () => {
  test('stands in for a failure, marked as partial, until it is too old', async () => {
    const { state, call } = fickle()
    const runtime = testRuntime()
    const run = covering(optional(call, 'nothing').lastGood({ maxAge: '1m' }), runtime)
    // At 0 s it answers.
    expect(await run('x', testContext())).toBe('first x')
    // At 59 s it is down, and what it said then is used; of another input nothing is known.
    state.answer = undefined
    jest.advanceTimersByTime(59_000)
    const context = testContext()
    expect(await run('x', context)).toBe('first x')
    expect(context.degraded).toEqual([expect.objectContaining({ code: 'backend-timeout' })])
    expect(await run('y', testContext())).toBe('nothing')
    // At 61 s that is too old.
    jest.advanceTimersByTime(2_000)
    expect(await run('x', testContext())).toBe('nothing')
    // It is asked every time.
    expect(state.asked).toBe(4)
  })

  test('is the newest one', async () => {
    const { state, call } = fickle()
    const run = covering(optional(call, 'nothing').lastGood({ maxAge: '1m' }), testRuntime())
    await run('x', testContext())
    state.answer = 'second'
    await run('x', testContext())
    state.answer = undefined
    expect(await run('x', testContext())).toBe('second x')
  })

  test('is one of the same user: what is sent along is part of its key', async () => {
    const { state, call } = fickle(['authorization'])
    const run = covering(optional(call, 'nothing').lastGood({ maxAge: '1m' }), testRuntime())
    const as = (user: string) =>
      testContext({ caller: { requestId: 'r', header: (name) => (name === 'authorization' ? user : undefined) } })
    await run('x', as('ada'))
    state.answer = undefined
    expect(await run('x', as('bob'))).toBe('nothing')
    expect(await run('x', as('ada'))).toBe('first x')
  })

  test('goes with its tags, and is not kept where a purge came while it was loaded', async () => {
    const { state, call } = fickle()
    const runtime = testRuntime()
    const run = covering(optional(call, 'nothing').lastGood({ maxAge: '1m', tags: (id) => [`c:${id}`] }), runtime)
    await run('x', testContext())
    await runtime.cache.purge({ tags: ['c:x'] })
    state.answer = undefined
    expect(await run('x', testContext())).toBe('nothing')

    state.answer = 'old'
    const loading = run('x', testContext())
    const purging = runtime.cache.purge({ tags: ['c:x'] })
    await Promise.all([loading, purging])
    state.answer = undefined
    expect(await run('x', testContext())).toBe('nothing')
  })

  test.each([
    ['said first, it comes before the other call', true, 'first x'],
    ['said last, it comes after the other call', false, 'other x'],
  ])('and another call: %s', async (_, isFirst, expected) => {
    const { state, call } = fickle()
    const other = testCall<string, string>(async (input) => `other ${input}`, { name: 'other' })
    const covered = optional(call, 'nothing')
    const chained = isFirst
      ? covered.lastGood({ maxAge: '1m' }).orElse(other)
      : covered.orElse(other).lastGood({ maxAge: '1m' })
    const run = covering(chained, testRuntime())
    await run('x', testContext())
    state.answer = undefined
    expect(await run('x', testContext())).toBe(expected)
  })

  test('is there at the deadline, too', async () => {
    const bench = gatherBench()
    let delay = 0
    const slow = testCall<unknown, string>(() => new Promise((resolve) => setTimeout(() => resolve('good'), delay)), {
      name: 'slow',
    })
    const page = endpoint('GET /x', { deadline: '100ms' })
      .source('a', optional(slow, 'nothing').lastGood({ maxAge: '1m' }), () => ({}))
      .source('b', optional(slow, 'nothing').lastGood({ maxAge: '1m' }), () => ({ never: 'asked before' }))
      .source('c', optional(bench.call('c'), 'no c'), ['a'], () => ({}))
    delay = 0
    const first = bench.run(page, {}, ['a', 'c'])
    await jest.advanceTimersByTimeAsync(50)
    expect(await first).toMatchObject({ data: { a: 'good', c: 'c' }, partial: [] })
    delay = 10_000
    const second = bench.run(page)
    await jest.advanceTimersByTimeAsync(120)
    expect(await second).toMatchObject({
      // What needs `a` is not begun any more, though `a` is there in the end.
      data: { a: 'good', b: 'nothing', c: 'no c' },
      partial: ['a', 'b', 'c'].map((source) => ({ source, code: 'deadline' })),
    })
    expect(bench.left()).toEqual({ timers: 0, listeners: 0 })
  })

  test('is no option for what writes, nor for many calls as one', () => {
    const write = testCall<string, string>(async () => '', { name: 'w', effect: 'write' })
    const read = testCall<string, string>(async () => '', { name: 'r' })
    expect(() => optional(write, '').lastGood({ maxAge: '1m' })).toThrow('a write has no last good answer')
    expect(() => optional(each(read), []).lastGood({ maxAge: '1m' })).toThrow('each(optional(…).lastGood(…))')
    expect(() => optional(read, '').lastGood({ maxAge: 'soon' as never })).toThrow("at 'maxAge' ('soon')")
  })

  test('is kept under the name of its operation, which two cannot have', async () => {
    const runtime = testRuntime()
    const make = () => testCall<string, string>(async () => '', { name: 'same', backend: backendInfo() })
    covering(optional(make(), '').lastGood({ maxAge: '1m' }), runtime)
    expect(() => covering(optional(make(), '').lastGood({ maxAge: '1m' }), runtime)).toThrow("are named 'crm same'")
  })
})
