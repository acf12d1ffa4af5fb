import { describe, expect, jest, test } from '@jest/globals'
import type { Call } from '../../../src/call/call.ts'
import { covering, isCoverable, optional } from '../../../src/call/optional.ts'
import { ERRORS, type ErrorCode, FacetError } from '../../../src/errors.ts'
import { testCall, testContext, testRuntime } from '../support/calls.ts'

const down = new FacetError('backend-unreachable')
const failing = (error: unknown, name = 'failing') =>
  testCall<string, string>(
    async () => {
      throw error
    },
    { name },
  )
const answering = (answer: string, name = 'answering') =>
  testCall<string, string>(async (input) => `${answer} ${input}`, { name })

/** Runs a call as a part of another one is run: what is optional in it is covered. */
function run<O>(call: Call<string, O>, context = testContext()): Promise<O> {
  return covering(call, testRuntime())('x', context)
}

class MyError extends Error {}

describe('what a fallback may stand in for', () => {
  const never = new Set<ErrorCode>(['client-closed', 'internal'])
  test.each((Object.keys(ERRORS) as ErrorCode[]).map((code) => [code, !never.has(code)] as const))(
    '%s: %s',
    (code, expected) => {
      expect(isCoverable(new FacetError(code), testContext())).toBe(expected)
    },
  )

  test.each<[string, boolean, unknown]>([
    ['a plain error', true, new Error('x')],
    ['an error of a team', true, new MyError('x')],
    ['an error of a library, by its name', true, Object.assign(new Error('x'), { name: 'ZodError' })],
    ['a TypeError', false, new TypeError('x')],
    ['a ReferenceError', false, new ReferenceError('x')],
    ['a RangeError', false, new RangeError('x')],
    ['a SyntaxError', false, new SyntaxError('x')],
    ['a URIError', false, new URIError('x')],
    ['text that was thrown', false, 'x'],
    ['nothing that was thrown', false, undefined],
  ])('%s: %s', (_, expected, error) => {
    expect(isCoverable(error, testContext())).toBe(expected)
  })

  test('nothing once the request was given up, whatever failed', () => {
    const context = testContext()
    context.token.cancel('client left')
    expect([down, new Error('x'), new FacetError('deadline')].map((error) => isCoverable(error, context))).toEqual([
      false,
      false,
      false,
    ])
  })
})

describe('optional', () => {
  test('answers what the call answers, and then nothing is degraded', async () => {
    const context = testContext()
    expect(await run(optional(answering('yes'), 'no'), context)).toBe('yes x')
    expect(context.degraded).toEqual([])
  })

  test('answers the fallback where the call fails, and tells of the failure once', async () => {
    const context = testContext()
    expect(await run(optional(failing(down), 'instead'), context)).toBe('instead')
    expect(context.degraded).toEqual([down])
    expect(await run(optional(failing(down)), testContext())).toBeUndefined()
  })

  test('takes functions and calls as fallbacks for what they are: values', async () => {
    const fallback = () => 'never called'
    const call = testCall<string, () => string>(() => Promise.reject(down))
    expect(await run(optional(call, fallback))).toBe(fallback)
  })

  test.each([
    ['a mistake in the program', new TypeError('x is not a function')],
    ['what the engine itself calls one', new FacetError('internal')],
    ['a client that left', new FacetError('client-closed')],
  ])('does not hide %s', async (_, error) => {
    const context = testContext()
    await expect(run(optional(failing(error), 'instead'), context)).rejects.toBe(error)
    expect(context.degraded).toEqual([])
  })

  test('does not hide that the request was given up', async () => {
    const context = testContext()
    const call = testCall<string, string>(async () => {
      context.token.cancel(down)
      throw down
    })
    await expect(run(optional(call, 'instead'), context)).rejects.toBe(down)
    expect(context.degraded).toEqual([])
  })

  test('is the same operation to everyone who asks: name, effect, backends', () => {
    const call = testCall(async () => 'v', { name: 'pay', effect: 'write' })
    expect(optional(call, 'x')).toMatchObject({ name: 'pay', effect: 'write', backends: call.backends, parts: [call] })
  })
})

describe('recover', () => {
  test('makes the fallback from the error', async () => {
    const context = testContext()
    expect(
      await run(
        optional(failing(down)).recover(({ code }) => `because of ${code}`),
        context,
      ),
    ).toBe('because of backend-unreachable')
    expect(context.degraded).toEqual([down])
  })

  test('is given a FacetError for any other error too, with that as its cause', async () => {
    const mine = new MyError('mine')
    const recover = jest.fn((error: FacetError) => String(error.cause))
    expect(await run(optional(failing(mine)).recover(recover))).toBe('Error: mine')
    expect(recover.mock.calls[0]?.[0].code).toBe('internal')
  })

  test('that fails itself fails the call', async () => {
    const broken = optional(failing(down)).recover(() => {
      throw new TypeError('a mistake')
    })
    await expect(run(broken)).rejects.toThrow('a mistake')
  })
})

describe('orElse', () => {
  test('asks the other call, with the same input, only where the first fails; what it answers is no fallback', async () => {
    const context = testContext()
    expect(await run(optional(failing(down), 'none').orElse(answering('archived')), context)).toBe('archived x')
    expect(context.degraded).toEqual([])
    const other = jest.fn(async () => 'never')
    expect(await run(optional(answering('first'), 'none').orElse(testCall(other)))).toBe('first x')
    expect(other).not.toHaveBeenCalled()
  })

  test('gives the fallback where both fail, for the failure of the second', async () => {
    const context = testContext()
    const second = new FacetError('backend-timeout')
    expect(await run(optional(failing(down), 'none').orElse(failing(second)), context)).toBe('none')
    expect(context.degraded).toEqual([second])
  })

  test.each([
    [
      'said first',
      optional(failing(down))
        .recover(({ code }) => code)
        .orElse(failing(new FacetError('backend-busy'), 'other')),
    ],
    [
      'said last',
      optional(failing(down))
        .orElse(failing(new FacetError('backend-busy'), 'other'))
        .recover(({ code }) => code),
    ],
  ])('goes together with recover, %s', async (_, call) => {
    expect(await run(call)).toBe('backend-busy')
  })

  test('chains, and keeps a fallback that the other call has of its own', async () => {
    const chained = optional(failing(down), 'none').orElse(failing(down, 'b')).orElse(answering('c', 'c'))
    expect(await run(chained)).toBe('c x')
    const context = testContext()
    expect(await run(optional(failing(down), 'outer').orElse(optional(failing(down, 'b'), 'inner')), context)).toBe(
      'inner',
    )
    expect(context.degraded).toEqual([down])
  })

  test.each([
    ['a mistake in the program', new TypeError('x'), undefined],
    ['a request that was given up', down, 'left'],
  ])('asks nobody else after %s', async (_, error, reason) => {
    const context = testContext()
    if (reason !== undefined) context.token.cancel(reason)
    const other = jest.fn(async () => 'never')
    await expect(run(optional(failing(error), 'none').orElse(testCall(other)), context)).rejects.toBe(error)
    expect(other).not.toHaveBeenCalled()
  })

  test('is a write as soon as one of the two is', () => {
    const [read, write] = [testCall(async () => 'r'), testCall(async () => 'w', { effect: 'write' })]
    expect(optional(read).orElse(read).effect).toBe('read')
    expect(optional(read).orElse(write).effect).toBe('write')
    expect(optional(write).orElse(read).effect).toBe('write')
  })

  test('reaches the backends of both', () => {
    const a = testCall(async () => 'a', { backend: { name: 'a', url: 'http://a', forward: [] } })
    const b = testCall(async () => 'b', { backend: { name: 'b', url: 'http://b', forward: [] } })
    expect(
      optional(a)
        .orElse(b)
        .backends.map(({ name }) => name),
    ).toEqual(['a', 'b'])
  })
})
