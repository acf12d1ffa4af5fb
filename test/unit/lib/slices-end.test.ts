import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { CancelToken } from '../../../src/lib/cancel.ts'
import { inSlices } from '../../../src/lib/slices.ts'
import { slowSteps, stopClock, turn } from '../support/slices.ts'

afterEach(() => void jest.restoreAllMocks())

describe('what a step throws', () => {
  test('is what the job is rejected with, and no step of it follows', async () => {
    const error = new Error('not well-formed')
    let steps = 0
    const step = () => {
      if (++steps === 3) throw error
      return false
    }
    await expect(inSlices(step, undefined)).rejects.toBe(error)
    await turn()
    expect(steps).toBe(3)
  })

  test('is the business of no other job', async () => {
    const clock = stopClock()
    const log: string[] = []
    const failing = inSlices(() => {
      throw new Error('a')
    }, undefined)
    const others = ['b', 'c'].map((letter) => inSlices(slowSteps(clock, log, letter, 2), undefined))
    await expect(failing).rejects.toThrow('a')
    await Promise.all(others)
    expect(log.join('')).toBe('bcbc')
  })
})

describe('a token', () => {
  const reason = new Error('the client has left')

  test('that was cancelled before ends the job before its first step', async () => {
    const token = new CancelToken()
    token.cancel(reason)
    const step = jest.fn(() => true)
    await expect(inSlices(step, token)).rejects.toBe(reason)
    expect(step).not.toHaveBeenCalled()
  })

  test('that is cancelled between two slices ends the job at the next one', async () => {
    const clock = stopClock()
    const token = new CancelToken()
    const log: string[] = []
    const ended = inSlices(slowSteps(clock, log, 'a', 5), token)
    const other = inSlices(slowSteps(clock, log, 'b', 3), new CancelToken())
    await turn()
    token.cancel(reason)
    await expect(ended).rejects.toBe(reason)
    await other
    expect(log.join('')).toBe('abbb')
  })

  test('that is cancelled within a slice ends the job before its next step', async () => {
    stopClock()
    const token = new CancelToken()
    let steps = 0
    const step = () => {
      if (++steps === 2) token.cancel(reason)
      // Bounded, so that a test of a program without an end has one.
      return steps === 100
    }
    await expect(inSlices(step, token)).rejects.toBe(reason)
    expect(steps).toBe(2)
  })

  test('that is cancelled by the last step comes too late', async () => {
    const token = new CancelToken()
    const step = () => {
      token.cancel(reason)
      return true
    }
    await expect(inSlices(step, token)).resolves.toBeUndefined()
  })

  test('has nothing that waits for it', async () => {
    const clock = stopClock()
    const token = new CancelToken()
    const done = inSlices(slowSteps(clock, [], 'a', 2), token)
    expect(token.waiting).toBe(0)
    await turn()
    expect(token.waiting).toBe(0)
    await done
    expect(token.waiting).toBe(0)
  })
})

describe('when all is done', () => {
  test('nothing is left over, however it ended, and the next job begins anew', async () => {
    const cancelled = new CancelToken()
    cancelled.cancel(new Error('over'))
    const scheduled = jest.spyOn(globalThis, 'setImmediate')
    for (let again = 0; again < 2; again++) {
      await Promise.allSettled([
        inSlices(() => true, undefined),
        inSlices(() => true, cancelled),
        inSlices(() => {
          throw new Error('wrong')
        }, undefined),
      ])
      const before = scheduled.mock.calls.length
      expect(before).toBeGreaterThan(0)
      await new Promise((resolve) => setTimeout(resolve, 1))
      expect(scheduled.mock.calls.length).toBe(before)
      scheduled.mockClear()
    }
  })

  test('a job that begins as another one ends has its turn like any other', async () => {
    const log: string[] = []
    const step = (letter: string) => () => log.push(letter) > 0
    const [, second] = await Promise.all([
      inSlices(step('a'), undefined).then(() => inSlices(step('c'), undefined)),
      inSlices(step('b'), undefined).then(() => 'b'),
    ])
    expect([log.join(''), second]).toEqual(['abc', 'b'])
  })
})
