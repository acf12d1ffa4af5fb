import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { OUTLIERS, type OutlierOptions } from '../../../../src/call/balance/outliers.ts'
import { counted, testSet, urls } from '../../support/instances.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

const outliersOf = (count: number, options: Partial<OutlierOptions> = {}) =>
  testSet(urls(count), { outliers: { ...OUTLIERS, ...options } })

describe('failures in a row', () => {
  test('eject an instance at the fifth', () => {
    const { attempt, told, set, nth } = outliersOf(2)
    attempt(0, 'failure', 4)
    expect(told).toEqual([])
    attempt(0, 'failure')
    expect(told).toEqual(['ejected http://i0 failures'])
    for (let request = 0; request < 20; request++) expect(set.choose()).toBe(nth(1))
  })

  test('a success between them begins anew; what tells nothing neither adds nor takes', () => {
    const { attempt, told } = outliersOf(2)
    attempt(0, 'failure', 4)
    attempt(0, 'success')
    attempt(0, 'failure', 4)
    attempt(0, 'ignored', 100)
    expect(told).toEqual([])
    attempt(0, 'failure')
    expect(told).toEqual(['ejected http://i0 failures'])
  })

  test('of other instances do not count', () => {
    const { attempt, told } = outliersOf(4)
    for (let round = 0; round < 4; round++) for (let nth = 0; nth < 4; nth++) attempt(nth, 'failure')
    expect(told).toEqual([])
  })
})

describe('the timeline of an ejection', () => {
  test('ten seconds, then twice as long each time, five minutes at the most', () => {
    const { attempt, nth, told } = outliersOf(2)
    const lasted: number[] = []
    for (let time = 0; time < 8; time++) {
      attempt(0, 'failure', 5)
      const from = performance.now()
      while (nth(0).ejected) jest.advanceTimersToNextTimer()
      lasted.push((performance.now() - from) / 1_000)
    }
    expect(lasted).toEqual([10, 20, 40, 80, 160, 300, 300, 300])
    expect(told.slice(0, 2)).toEqual(['ejected http://i0 failures', 'returned http://i0'])
  })

  test('an ejection is forgotten for each minute in service', () => {
    const { attempt, nth } = outliersOf(2)
    const eject = () => {
      attempt(0, 'failure', 5)
      const from = performance.now()
      while (nth(0).ejected) jest.advanceTimersToNextTimer()
      return (performance.now() - from) / 1_000
    }
    expect([eject(), eject(), eject()]).toEqual([10, 20, 40])
    jest.advanceTimersByTime(60_000)
    expect(eject()).toBe(40)
    jest.advanceTimersByTime(120_000)
    expect(eject()).toBe(20)
    jest.advanceTimersByTime(3_600_000)
    expect(eject()).toBe(10)
  })

  test('it takes five failures again after the return, and what was asked before does not count', () => {
    const { attempt, told } = outliersOf(2)
    attempt(0, 'failure', 50)
    jest.advanceTimersByTime(10_000)
    told.length = 0
    attempt(0, 'failure', 4)
    expect(told).toEqual([])
    attempt(0, 'failure')
    expect(told).toEqual(['ejected http://i0 failures'])
  })

  test('the instance comes back slowly', () => {
    const { attempt, set } = testSet(urls(2), { outliers: OUTLIERS, slowStart: 10_000 })
    attempt(0, 'failure', 5)
    jest.advanceTimersByTime(9_999)
    expect(counted(set.all, 100, () => set.choose())).toEqual([0, 100])
    jest.advanceTimersByTime(1)
    const [back = 0, other = 0] = counted(set.all, 1_000, () => set.choose())
    expect(back / (back + other)).toBeCloseTo(0.05, 2)
    jest.advanceTimersByTime(10_000)
    expect(counted(set.all, 1_000, () => set.choose())).toEqual([500, 500])
  })
})

describe('no more than half of the instances are ejected', () => {
  test.each([
    [2, 1],
    [3, 1],
    [4, 2],
    [7, 3],
  ])('of %d at the most %d', (count, most) => {
    const { attempt, set } = outliersOf(count)
    for (let nth = 0; nth < count; nth++) attempt(nth, 'failure', 20)
    expect(set.all.filter(({ ejected }) => ejected)).toHaveLength(most)
  })

  test('and the next one is when there is room again', () => {
    const { attempt, nth, told } = outliersOf(2)
    attempt(0, 'failure', 5)
    attempt(1, 'failure', 20)
    jest.advanceTimersByTime(10_000)
    expect(nth(1).ejected).toBe(false)
    attempt(1, 'failure')
    expect(told).toEqual(['ejected http://i0 failures', 'returned http://i0', 'ejected http://i1 failures'])
  })

  test('the only one never is', () => {
    const { attempt, told } = outliersOf(1)
    attempt(0, 'failure', 100)
    expect(told).toEqual([])
  })
})

describe('a success rate clearly below the others’', () => {
  /** What each instance answers within one interval: successes of so many requests, well mixed. */
  const interval = ({ attempt }: ReturnType<typeof testSet>, answers: readonly (readonly [number, number])[]) => {
    for (const [nth, [successes, requests]] of answers.entries()) {
      for (let request = 0; request < requests; request++) {
        const isSuccess =
          Math.floor(((request + 1) * successes) / requests) > Math.floor((request * successes) / requests)
        attempt(nth, isSuccess ? 'success' : 'failure')
      }
    }
    jest.advanceTimersByTime(10_000)
    // Comparing waits for an answer.
    attempt(answers.length - 1, 'success')
  }

  test.each([
    [
      'two thirds among four that work',
      [
        [200, 300],
        [300, 300],
        [300, 300],
        [300, 300],
        [300, 300],
      ],
      ['i0'],
    ],
    [
      'two of five',
      [
        [200, 300],
        [210, 300],
        [300, 300],
        [300, 300],
        [300, 300],
      ],
      ['i0', 'i1'],
    ],
    [
      'one of three, the least number',
      [
        [60, 100],
        [99, 100],
        [100, 100],
      ],
      ['i0'],
    ],
    [
      'five points below: too near',
      [
        [285, 300],
        [300, 300],
        [300, 300],
        [300, 300],
        [300, 300],
      ],
      [],
    ],
    [
      'as bad as all',
      [
        [200, 300],
        [220, 300],
        [210, 300],
        [240, 300],
        [230, 300],
      ],
      [],
    ],
    [
      'twelve points below, which chance explains',
      [
        [28, 50],
        [34, 50],
        [34, 50],
        [34, 50],
        [34, 50],
      ],
      [],
    ],
    [
      'the same of more requests, which it does not',
      [
        [280, 500],
        [340, 500],
        [340, 500],
        [340, 500],
        [340, 500],
      ],
      ['i0'],
    ],
    [
      'of too few requests',
      [
        [25, 49],
        [300, 300],
        [300, 300],
        [300, 300],
        [300, 300],
      ],
      [],
    ],
    [
      'one of two: nobody knows which is right',
      [
        [200, 300],
        [300, 300],
      ],
      [],
    ],
  ] as [string, [number, number][], string[]][])('%s', (_, answers, ejected) => {
    const made = outliersOf(answers.length)
    interval(made, answers)
    expect(made.told).toEqual(ejected.map((name) => `ejected http://${name} success-rate`))
  })

  test('is counted anew in each interval', () => {
    const made = outliersOf(5)
    const good = Array<[number, number]>(4).fill([30, 30])
    for (let time = 0; time < 5; time++) interval(made, [[20, 30], ...good])
    expect(made.told).toEqual([])
    interval(made, [[40, 60], ...Array<[number, number]>(4).fill([60, 60])])
    expect(made.told).toEqual(['ejected http://i0 success-rate'])
  })

  test('ejects nobody who is out already', () => {
    const { attempt, told } = outliersOf(5)
    for (let nth = 1; nth < 5; nth++) attempt(nth, 'success', 60)
    for (let round = 0; round < 15; round++) {
      attempt(0, 'failure', 4)
      attempt(0, 'success')
    }
    jest.advanceTimersByTime(5_000)
    attempt(0, 'failure', 5)
    jest.advanceTimersByTime(5_000)
    attempt(1, 'success')
    expect(told).toEqual(['ejected http://i0 failures'])
  })

  test('of long ago does not count', () => {
    const made = outliersOf(5)
    for (let nth = 0; nth < 5; nth++) {
      for (let request = 0; request < 100; request++)
        made.attempt(nth, nth === 0 && request % 3 === 0 ? 'failure' : 'success')
    }
    jest.advanceTimersByTime(3_600_000)
    made.attempt(1, 'success')
    expect(made.told).toEqual([])
  })
})

test('an instance that was removed leaves nothing behind, also when its last answer comes', () => {
  const { set, attempt, told, nth } = outliersOf(3)
  attempt(0, 'failure', 5)
  const [gone, other] = [nth(0), nth(1)]
  set.started(other)
  set.set([{ url: 'http://i2' }, { url: 'http://i3' }])
  told.length = 0
  expect(jest.getTimerCount()).toBe(0)
  set.ended(other, 'failure')
  for (let late = 0; late < 10; late++) set.ended(other, 'failure')
  jest.advanceTimersByTime(600_000)
  expect([told, gone.ejected]).toEqual([[], true])
})

test('closing leaves no timer', () => {
  const { set, attempt } = outliersOf(2)
  attempt(0, 'failure', 5)
  expect(jest.getTimerCount()).toBe(1)
  set.close()
  expect(jest.getTimerCount()).toBe(0)
})

test('without outliers no answer takes anybody out', () => {
  const { attempt, told } = testSet(urls(2))
  attempt(0, 'failure', 100)
  expect(told).toEqual([])
})
