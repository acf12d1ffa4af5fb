import { readFile } from 'node:fs'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { inSlices } from '../../../src/lib/slices.ts'
import { slowSteps, stopClock, turn } from '../support/slices.ts'

afterEach(() => void jest.restoreAllMocks())

describe('the steps of one job', () => {
  test('are done one after the other, up to the one that says it was the last', async () => {
    const done: number[] = []
    await inSlices(() => done.push(done.length) === 1_000, undefined)
    await turn()
    expect(done).toEqual([...Array(1_000).keys()])
  })

  test('begin after whoever asked for them has gone on', async () => {
    const step = jest.fn(() => true)
    const done = inSlices(step, undefined)
    await Promise.resolve()
    expect(step).not.toHaveBeenCalled()
    await done
    expect(step).toHaveBeenCalledTimes(1)
  })

  test('are done in one go as long as they take no time', async () => {
    stopClock()
    let steps = 0
    const done = inSlices(() => ++steps === 100_000, undefined)
    await turn()
    expect(steps).toBe(100_000)
    await done
  })

  test('wait for the next turn of the event loop when a slice is over', async () => {
    const clock = stopClock()
    const log: string[] = []
    const done = inSlices(slowSteps(clock, log, 'a', 3), undefined)
    for (const expected of ['a', 'aa', 'aaa']) {
      await turn()
      expect(log.join('')).toBe(expected)
    }
    await done
  })
})

describe('between two slices', () => {
  /** Never ends in a program that is stalled by it; bounded, so that a test of such a program ends. */
  const until = (isThere: () => boolean) => {
    let steps = 0
    return inSlices(() => isThere() || ++steps === 20_000_000, undefined)
  }

  test.each<[string, (there: () => void) => void]>([
    ['what is due at once', (there) => setImmediate(there)],
    ['a timer', (there) => setTimeout(there, 1)],
    ['what has been read', (there) => readFile(new URL(import.meta.url), there)],
    ['a promise', (there) => void Promise.resolve().then(there)],
  ])('%s gets its turn', async (_, start) => {
    let there = false
    start(() => {
      there = true
    })
    await until(() => there)
    expect(there).toBe(true)
  })

  test('others get as many turns as there are slices, however many jobs there are', async () => {
    const clock = stopClock()
    const log: string[] = []
    const jobs = ['a', 'b', 'c'].map((letter) => inSlices(slowSteps(clock, log, letter, 2), undefined))
    let going = true
    const other = () => {
      log.push('.')
      if (going) setImmediate(other)
    }
    setImmediate(other)
    await Promise.all(jobs)
    going = false
    await turn()
    expect(log.join('')).toMatch(/^a\.b\.c\.a\.b\.c\.+$/)
  })
})

describe('several jobs', () => {
  test('take turns, and one that comes later joins them', async () => {
    const clock = stopClock()
    const log: string[] = []
    const first = [
      inSlices(slowSteps(clock, log, 'a', 5), undefined),
      inSlices(slowSteps(clock, log, 'b', 2), undefined),
    ]
    await turn()
    await turn()
    const late = inSlices(slowSteps(clock, log, 'c', 2), undefined)
    await Promise.all([...first, late])
    expect(log.join('')).toBe('ababcacaa')
  })

  test('are each done when their own last step is', async () => {
    const clock = stopClock()
    const log: string[] = []
    const jobs = [3, 1, 2].map((count, index) =>
      inSlices(slowSteps(clock, [], '', count), undefined).then(() => log.push(String(index))),
    )
    await Promise.all(jobs)
    expect(log).toEqual(['1', '2', '0'])
  })
})
