import { describe, expect, jest, test } from '@jest/globals'
import { CancelToken } from '../../../src/lib/cancel.ts'

describe('a cancellation token', () => {
  test('is not cancelled and has no reason at first', () => {
    const token = new CancelToken()
    expect([token.aborted, token.reason, token.waiting]).toEqual([false, undefined, 0])
  })

  test('tells every listener once, in the order in which they came, with the reason', () => {
    const token = new CancelToken()
    const told: unknown[] = []
    token.on((reason) => told.push(['first', reason]))
    token.on((reason) => told.push(['second', reason]))
    token.cancel('enough')
    token.cancel('again')
    expect(told).toEqual([
      ['first', 'enough'],
      ['second', 'enough'],
    ])
    expect([token.aborted, token.reason]).toEqual([true, 'enough'])
  })

  test('is already cancelled when its listeners are told', () => {
    const token = new CancelToken()
    const seen: unknown[] = []
    token.on(() => seen.push(token.aborted, token.reason))
    token.cancel('now')
    expect(seen).toEqual([true, 'now'])
  })

  test('tells a listener that comes too late at once, and does not keep it', () => {
    const token = new CancelToken()
    token.cancel('early')
    const listener = jest.fn()
    token.on(listener)
    expect(listener.mock.calls).toEqual([['early']])
    expect(token.waiting).toBe(0)
  })

  test('does not tell a listener that was taken off', () => {
    const token = new CancelToken()
    const listener = jest.fn()
    token.on(listener)
    token.off(listener)
    token.cancel('late')
    expect(listener).not.toHaveBeenCalled()
    expect(token.waiting).toBe(0)
  })

  test('does not tell a listener that another one takes off while they are told', () => {
    const token = new CancelToken()
    const second = jest.fn()
    token.on(() => token.off(second))
    token.on(second)
    token.cancel('late')
    expect(second).not.toHaveBeenCalled()
  })

  test('counts a listener once however often it is put on', () => {
    const token = new CancelToken()
    const listener = jest.fn()
    token.on(listener)
    token.on(listener)
    expect(token.waiting).toBe(1)
    token.cancel('x')
    expect(listener).toHaveBeenCalledTimes(1)
  })

  test('forgets its listeners when it is cancelled', () => {
    const token = new CancelToken()
    token.on(() => {})
    token.cancel('x')
    expect(token.waiting).toBe(0)
  })

  test('takes off a listener that was never on without a word', () => {
    const token = new CancelToken()
    token.off(() => {})
    expect(token.waiting).toBe(0)
  })
})

test('an object that waits itself is told as a function is, at once where it comes too late', () => {
  const token = new CancelToken()
  const [first, second, third] = [{ cancelled: jest.fn() }, { cancelled: jest.fn() }, { cancelled: jest.fn() }]
  token.on(first)
  token.on(second)
  token.off(second)
  token.cancel('enough')
  token.on(third)
  expect([first, second, third].map(({ cancelled }) => cancelled.mock.calls)).toEqual([[['enough']], [], [['enough']]])
})

describe('as an AbortSignal', () => {
  test('makes one signal and no more, and none before it is asked for', () => {
    const token = new CancelToken()
    expect(token.waiting).toBe(0)
    expect(token.signal).toBe(token.signal)
    expect(token.waiting).toBe(1)
  })

  test('aborts with the token, for the same reason', () => {
    const token = new CancelToken()
    const { signal } = token
    expect(signal.aborted).toBe(false)
    const reason = new Error('gone')
    token.cancel(reason)
    expect([signal.aborted, signal.reason]).toEqual([true, reason])
  })

  test('is aborted already when the token was', () => {
    const token = new CancelToken()
    token.cancel('gone')
    expect([token.signal.aborted, token.signal.reason]).toEqual([true, 'gone'])
  })
})
