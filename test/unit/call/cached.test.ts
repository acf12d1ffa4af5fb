import { describe, expect, jest, test } from '@jest/globals'
import { type CallFreshness, cached } from '../../../src/call/cached.ts'
import type { Run, Runtime } from '../../../src/call/call.ts'
import { freshness } from '../support/cache.ts'
import { backendInfo, testContext, testRuntime } from '../support/calls.ts'
import { deferred, settled } from '../support/deferred.ts'

const minute: CallFreshness<unknown> = freshness({ ttl: 60_000, isOrigins: false, tags: undefined })
const wrap = <O>(
  run: Run<unknown, O>,
  {
    runtime = testRuntime() as Runtime,
    backend = backendInfo(),
    name = 'op',
    freshness = minute as CallFreshness<never>,
  } = {},
) => cached(runtime, backend, name, freshness)(run)

describe('the answers of a read that is cached', () => {
  test('are asked for once an input', async () => {
    const ask = jest.fn(async (input: unknown) => ({ input }))
    const run = wrap(ask)
    const [miss, hit] = [testContext(), testContext()]
    expect(await run({ a: 1, b: 2 }, miss)).toEqual({ input: { a: 1, b: 2 } })
    expect(await run({ b: 2, a: 1 }, hit)).toEqual({ input: { a: 1, b: 2 } })
    expect([miss.cache, hit.cache]).toEqual(['miss', 'hit'])
    await run({ a: 1, b: '2' }, testContext())
    expect(ask).toHaveBeenCalledTimes(2)
  })

  test('are another’s where a header that is sent on differs: nobody is given what was meant for somebody else', async () => {
    const backend = backendInfo('crm', ['authorization', 'accept-language'])
    const run = wrap(async (_, { caller }) => `for ${caller.header('authorization')}`, { backend })
    const as = (headers: Record<string, string>) =>
      run('x', testContext({ caller: { requestId: 'r', header: (name) => headers[name] } }))
    expect(await as({ authorization: 'Ada' })).toBe('for Ada')
    expect(await as({ authorization: 'Bob' })).toBe('for Bob')
    expect(await as({})).toBe('for undefined')
    expect(await as({ authorization: 'Ada', cookie: 'not sent on' })).toBe('for Ada')
    expect(await as({ 'accept-language': 'Ada' })).toBe('for undefined')
  })

  test('do not depend on headers that are not sent on', async () => {
    const ask = jest.fn(async () => 'v')
    const run = wrap(ask)
    for (const user of ['Ada', 'Bob']) await run('x', testContext({ caller: { requestId: user, header: () => user } }))
    expect(ask).toHaveBeenCalledTimes(1)
  })

  test('do not depend on what is sent on for traces alone', async () => {
    const ask = jest.fn(async () => 'v')
    const run = wrap(ask, { backend: backendInfo('crm', ['traceparent', 'accept-language']) })
    for (const traceparent of ['00-1', '00-2'])
      await run(
        'x',
        testContext({ caller: { requestId: 'r', header: (name) => (name === 'traceparent' ? traceparent : 'de') } }),
      )
    expect(ask).toHaveBeenCalledTimes(1)
  })

  test('are kept apart by operation and by backend', async () => {
    const runtime = testRuntime()
    const runs = [
      wrap(async () => 'a', { runtime, backend: backendInfo('a'), name: 'x' }),
      wrap(async () => 'b', { runtime, backend: backendInfo('b'), name: 'x' }),
      wrap(async () => 'y', { runtime, backend: backendInfo('a'), name: 'y' }),
    ]
    expect(await Promise.all(runs.map((run) => run('i', testContext())))).toEqual(['a', 'b', 'y'])
  })

  test('are purged by their tags, which come from the input', async () => {
    const runtime = testRuntime()
    const ask = jest.fn(async () => 'v')
    const run = wrap(ask, {
      runtime,
      freshness: { ...minute, tags: (id: unknown) => [`user:${id}`] } as CallFreshness<never>,
    })
    await run(1, testContext())
    await run(2, testContext())
    await runtime.cache.purge({ tags: ['user:1'] })
    const [one, two] = [testContext(), testContext()]
    await run(1, one)
    await run(2, two)
    expect([one.cache, two.cache]).toEqual(['miss', 'hit'])
  })

  test('are frozen through and through where that is switched on, and not else', async () => {
    const make = async () => ({
      list: [{ a: 1 }],
      at: new Date(0),
      bytes: new Uint8Array([1]),
      text: 'x',
      nothing: null,
    })
    const value = await wrap(make)('x', testContext())
    expect(() => value.list.push({ a: 2 })).toThrow(TypeError)
    expect(() => Object.assign(value.list[0] as object, { a: 2 })).toThrow(TypeError)
    expect(value).toEqual(await make())
    const loose = await wrap(make, { runtime: testRuntime({}, false) })('x', testContext())
    expect(loose.list.push({ a: 2 })).toBe(2)
  })
})

describe('a load that several requests wait for', () => {
  test('goes on when the one that began it leaves, and is not bound by its deadline', async () => {
    const answer = deferred<string>()
    const seen: { deadline?: number; aborted?: boolean } = {}
    const run = wrap(async (_, context) => {
      seen.deadline = context.deadline
      const value = await answer.promise
      seen.aborted = context.token.aborted
      return value
    })
    const [first, second] = [testContext({ deadline: performance.now() + 1 }), testContext()]
    const leaving = run('x', first)
    const staying = run('x', second)
    await settled()
    const told = expect(leaving).rejects.toBe('client left')
    first.token.cancel('client left')
    await told
    answer.resolve('v')
    expect(await staying).toBe('v')
    expect(seen).toEqual({ deadline: Number.POSITIVE_INFINITY, aborted: false })
    expect(second.cache).toBe('collapsed')
  })

  test('is given up when the last one leaves', async () => {
    const token = deferred<unknown>()
    const context = testContext()
    const running = wrap(
      (_, load) => new Promise((_, reject) => load.token.on((reason) => [token.resolve(reason), reject(reason)])),
    )('x', context)
    await settled()
    const told = expect(running).rejects.toBe('client left')
    context.token.cancel('client left')
    await told
    expect(await token.promise).toBe('client left')
  })
})

test('two cached operations of one name are refused: each would be given the other’s answers', () => {
  const runtime = testRuntime()
  wrap(async () => 1, { runtime, name: 'GET /users' })
  expect(() => wrap(async () => 'one', { runtime, name: 'GET /users' })).toThrow(
    "backend 'crm': two operations with a cache are named 'GET /users'; give one of them another 'name'",
  )
  expect(() => wrap(async () => 1, { runtime: testRuntime(), name: 'GET /users' })).not.toThrow()
})
