import { describe, expect, test } from '@jest/globals'
import { each } from '../../../src/call/each.ts'
import { optional } from '../../../src/call/optional.ts'
import { FacetError } from '../../../src/errors.ts'
import { testCall, testContext, testRuntime } from '../support/calls.ts'
import { type Deferred, deferred, settled } from '../support/deferred.ts'

/** A call whose answers the test gives, with what was asked. */
function waiting(effect: 'read' | 'write' = 'read') {
  const asked: unknown[] = []
  const answers = new Map<unknown, Deferred<string>>()
  let running = 0
  let most = 0
  const call = testCall<unknown, string>(
    async (input) => {
      asked.push(input)
      most = Math.max(most, ++running)
      const answer = deferred<string>()
      answers.set(input, answer)
      try {
        return await answer.promise
      } finally {
        running--
      }
    },
    { effect },
  )
  return { call, asked, answers, most: () => most }
}

describe('each', () => {
  test('answers in the order of its inputs, whatever the order in which the backend does', async () => {
    const { call, answers } = waiting()
    const all = testRuntime().bind(each(call))(['a', 'b', 'c'], testContext())
    await settled()
    for (const key of ['c', 'a', 'b']) answers.get(key)?.resolve(key.toUpperCase())
    expect(await all).toEqual(['A', 'B', 'C'])
  })

  test('of nothing asks nothing', async () => {
    const { call, asked } = waiting()
    expect(await testRuntime().bind(each(call))([], testContext())).toEqual([])
    expect(asked).toEqual([])
  })

  test.each([
    [1, 5],
    [2, 5],
    [5, 5],
    [8, 100],
  ])(
    'has at most %d calls under way, for %d inputs, and starts the next as soon as one has ended',
    async (concurrency, inputs) => {
      const { call, answers, asked, most } = waiting()
      const list = Array.from({ length: inputs }, (_, index) => index)
      const all = testRuntime().bind(each(call, { concurrency }))(list, testContext())
      await settled()
      expect(asked).toHaveLength(Math.min(concurrency, inputs))
      for (let index = 0; index < inputs; index++) {
        await settled()
        expect(asked).toHaveLength(Math.min(inputs, concurrency + index))
        answers.get(index)?.resolve(`${index}`)
      }
      expect(await all).toEqual(list.map(String))
      expect(most()).toBe(Math.min(concurrency, inputs))
    },
  )

  test('has eight under way where nothing is said', async () => {
    const { call, asked } = waiting()
    void testRuntime().bind(each(call))(
      Array.from({ length: 20 }, (_, index) => index),
      testContext(),
    )
    await settled()
    expect(asked).toHaveLength(8)
  })

  test('asks equal inputs of a read once, whatever the order of their keys', async () => {
    const { call, asked, answers } = waiting()
    const inputs = [
      { sku: 'A', n: 1 },
      { sku: 'B', n: 1 },
      { n: 1, sku: 'A' },
      { sku: 'A', n: '1' },
    ]
    const all = testRuntime().bind(each(call))(inputs, testContext())
    await settled()
    expect(asked).toEqual([inputs[0], inputs[1], inputs[3]])
    for (const [index, answer] of [...answers.values()].entries()) answer.resolve(`${index}`)
    expect(await all).toEqual(['0', '1', '0', '2'])
  })

  test('does equal writes as often as they are said', async () => {
    const { call, asked } = waiting('write')
    void testRuntime().bind(each(call))(['pay', 'pay', 'pay'], testContext())
    await settled()
    expect(asked).toEqual(['pay', 'pay', 'pay'])
    expect(each(call).effect).toBe('write')
  })

  test('fails with the first failure and starts nothing more', async () => {
    const { call, asked, answers } = waiting('write')
    const all = testRuntime().bind(each(call, { concurrency: 2 }))([1, 2, 3, 4, 5], testContext())
    const told = expect(all).rejects.toThrow('second')
    await settled()
    answers.get(2)?.reject(new Error('second'))
    await told
    answers.get(1)?.resolve('1')
    await settled()
    expect(asked).toEqual([1, 2])
  })

  test('leaves no failure unheard, also of those that fail after the first or throw at once', async () => {
    const unheard: unknown[] = []
    const hear = (reason: unknown) => void unheard.push(reason)
    process.on('unhandledRejection', hear)
    const call = testCall<string, string>(
      (input) => {
        if (input === 'throws') throw new TypeError('at once')
        return Promise.reject(new Error(`${input} later`))
      },
      { effect: 'write' },
    )
    for (const concurrency of [2, 8]) {
      const all = testRuntime().bind(each(call, { concurrency }))(['a', 'b', 'throws', 'c'], testContext())
      await expect(all).rejects.toThrow(/at once|later/)
    }
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', hear)
    expect(unheard).toEqual([])
  })

  test('covers an element alone where the call is optional, and tells of it', async () => {
    const context = testContext()
    const call = testCall<string, string>(async (input) => {
      if (input === 'b') throw new FacetError('resource-unknown')
      return input
    })
    expect(await testRuntime().bind(each(optional(call, 'none')))(['a', 'b', 'c'], context)).toEqual(['a', 'none', 'c'])
    expect(context.degraded).toMatchObject([{ code: 'resource-unknown' }])
  })

  test('covers those that are missing before the deadline comes, and asks no more then', async () => {
    const runtime = testRuntime()
    const context = testContext({ deadline: performance.now() + 150 })
    const { call, asked, answers } = waiting()
    const all = runtime.bind(each(optional(call, 'none'), { concurrency: 2 }))(['a', 'b', 'c', 'd', 'e'], context)
    await settled()
    answers.get('a')?.resolve('a')
    expect(await all).toEqual(['a', 'none', 'none', 'none', 'none'])
    expect(asked).toEqual(['a', 'b', 'c'])
    expect(context.degraded).toMatchObject(Array.from({ length: 4 }, () => ({ code: 'deadline' })))
    expect(runtime.timers.size).toBe(0)
  })

  test('stops where the request is given up, and covers nothing then', async () => {
    const context = testContext()
    const { call, asked, answers } = waiting()
    const all = testRuntime().bind(each(optional(call, 'none'), { concurrency: 1 }))(['a', 'b'], context)
    const told = expect(all).rejects.toBe('client left')
    await settled()
    context.token.cancel('client left')
    answers.get('a')?.reject('client left')
    await told
    expect([asked, context.degraded]).toEqual([['a'], []])
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses a concurrency of %d when it is said',
    (concurrency) => {
      expect(() =>
        each(
          testCall(async () => 1),
          { concurrency },
        ),
      ).toThrow(`each: concurrency is ${concurrency}; a whole number from 1 was expected`)
    },
  )
})
