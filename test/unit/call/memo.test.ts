import { describe, expect, jest, test } from '@jest/globals'
import { memo } from '../../../src/call/memo.ts'
import { testContext } from '../support/calls.ts'
import { deferred } from '../support/deferred.ts'

describe('equal reads within one request', () => {
  test('are made once, also while the first is under way', async () => {
    const context = testContext({ memo: new Map() })
    const answer = deferred<string>()
    const ask = jest.fn(() => answer.promise)
    const run = memo()(ask)
    const both = Promise.all([run({ a: 1, b: 2 }, context), run({ b: 2, a: 1 }, context)])
    answer.resolve('v')
    expect(await both).toEqual(['v', 'v'])
    expect(await run({ a: 1, b: 2 }, context)).toBe('v')
    expect(ask).toHaveBeenCalledTimes(1)
  })

  test('are others where the input is', async () => {
    const context = testContext({ memo: new Map() })
    const run = memo()(async (input: unknown) => input)
    expect(await Promise.all([run('1', context), run(1, context), run({}, context)])).toEqual(['1', 1, {}])
  })

  test('fail together', async () => {
    const context = testContext({ memo: new Map() })
    const ask = jest.fn(async () => {
      throw new Error('down')
    })
    const run = memo()(ask)
    await expect(run('x', context)).rejects.toThrow('down')
    await expect(run('x', context)).rejects.toThrow('down')
    expect(ask).toHaveBeenCalledTimes(1)
  })

  test('of two operations are two reads, whatever they are called: each makes its own of the answer', async () => {
    const context = testContext({ memo: new Map() })
    const [whole, name] = [memo()(async () => ({ name: 'Ada' })), memo()(async () => 'Ada')]
    expect(await Promise.all([whole('x', context), name('x', context)])).toEqual([{ name: 'Ada' }, 'Ada'])
  })

  test('of two requests are two reads', async () => {
    const ask = jest.fn(async () => 'v')
    const run = memo()(ask)
    await run('x', testContext({ memo: new Map() }))
    await run('x', testContext({ memo: new Map() }))
    expect(ask).toHaveBeenCalledTimes(2)
  })

  test('are made as they come where the request has no memo, and then no key is made', async () => {
    const ask = jest.fn(async () => 'v')
    const run = memo()(ask)
    const unkeyable = () => 1
    await run(unkeyable, testContext())
    await run(unkeyable, testContext())
    expect(ask).toHaveBeenCalledTimes(2)
  })
})
