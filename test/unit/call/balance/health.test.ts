import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { HEALTH, type HealthOptions, isExpectedStatus, type Probe } from '../../../../src/call/balance/health.ts'
import { counted, testSet, urls } from '../../support/instances.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

const OPTIONS: HealthOptions = { ...HEALTH, path: '/healthz' }

/** Instances whose checks end as `works` says, with the times in seconds at which they began. */
const checked = (count: number, works: (url: string) => boolean | Promise<boolean>, slowStart = 0) => {
  const times: { url: string; at: number }[] = []
  const from = performance.now()
  const probe: Probe = async ({ url }) => {
    times.push({ url, at: (performance.now() - from) / 1_000 })
    return works(url)
  }
  const made = testSet(urls(count), { slowStart, health: { options: OPTIONS, probe } })
  return { ...made, times, timesOf: (url: string) => times.filter((time) => time.url === url).map(({ at }) => at) }
}

const seconds = (count: number) => jest.advanceTimersByTimeAsync(count * 1_000)

describe('the timeline of checks', () => {
  test('first at once, then every five seconds, each a tenth earlier or later', async () => {
    const { timesOf } = checked(2, () => true)
    await seconds(300)
    for (const url of ['http://i0', 'http://i1']) {
      const times = timesOf(url)
      expect(times[0]).toBeLessThanOrEqual(0.5)
      expect(times.length).toBeGreaterThan(50)
      const gaps = times.slice(1).map((at, before) => at - (times[before] as number))
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(4.5 - 0.002)
      expect(Math.max(...gaps)).toBeLessThanOrEqual(5.5 + 0.002)
      expect(Math.max(...gaps) - Math.min(...gaps)).toBeGreaterThan(0.3)
    }
    expect(timesOf('http://i0')).not.toEqual(timesOf('http://i1'))
  })

  test('three failures take an instance out, two successes bring it back, slowly', async () => {
    let works = true
    const { told, set, times, nth } = checked(2, (url) => works || url === 'http://i1', 10_000)
    const checks = async (count: number) => {
      times.length = 0
      while (times.filter(({ url }) => url === 'http://i0').length < count) await jest.advanceTimersByTimeAsync(10)
    }
    await checks(2)
    works = false
    await checks(2)
    expect(told).toEqual([])
    await checks(1)
    expect(told).toEqual(['unhealthy http://i0'])
    expect(counted(set.all, 10, () => set.choose())).toEqual([0, 10])
    works = true
    await checks(1)
    expect(told).toEqual(['unhealthy http://i0'])
    await checks(1)
    expect(told).toEqual(['unhealthy http://i0', 'healthy http://i0'])
    expect(nth(0).ramp(performance.now())).toBeCloseTo(0.1, 1)
  })

  test('results have to follow each other', async () => {
    let check = 0
    const { told } = checked(1, () => check++ % 3 === 0)
    await seconds(120)
    expect([check > 20, told]).toEqual([true, []])
  })
})

describe('an instance of which nothing is known', () => {
  test('is taken as healthy at the start, until the first check fails', async () => {
    let isUp = false
    const { told, nth } = checked(2, (url) => isUp || url === 'http://i1')
    expect([nth(0).available, nth(1).available]).toEqual([true, true])
    await seconds(1)
    expect(told).toEqual(['unhealthy http://i0'])
    isUp = true
    await seconds(12)
    expect(told).toEqual(['unhealthy http://i0', 'healthy http://i0'])
  })

  test('is not where it comes later, until the first check succeeds', async () => {
    let isReady = false
    const { told, set, nth } = checked(1, (url) => isReady || url === 'http://i0')
    set.set(urls(3).slice(0, 2))
    expect(counted(set.all, 10, () => set.choose())).toEqual([10, 0])
    isReady = true
    await seconds(1)
    expect(told).toEqual(['added http://i1', 'healthy http://i1'])
    expect(nth(1).available).toBe(true)
  })

  test('where no other is left is asked all the same', () => {
    const { set } = checked(1, () => true)
    set.set([{ url: 'http://x' }, { url: 'http://y' }])
    expect(counted(set.all, 10, () => set.choose())).toEqual([5, 5])
  })
})

describe('a check', () => {
  test('that takes longer than a second has failed, and is told so', async () => {
    const signals: AbortSignal[] = []
    const probe: Probe = (_, signal) =>
      new Promise((_resolve, reject) => {
        signals.push(signal)
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    const { told } = testSet(urls(2), { health: { options: OPTIONS, probe } })
    await seconds(0.9)
    expect([told, signals.some(({ aborted }) => aborted)]).toEqual([[], false])
    await seconds(0.7)
    expect(told.toSorted()).toEqual(['unhealthy http://i0', 'unhealthy http://i1'])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
  })

  test('that never ends is not joined by another one, and counts as failed each time', async () => {
    let begun = 0
    let isStuck = false
    const probe: Probe = () => {
      begun++
      return isStuck ? new Promise(() => {}) : Promise.resolve(true)
    }
    const { told } = testSet(urls(1), { health: { options: OPTIONS, probe } })
    await seconds(1)
    expect(begun).toBe(1)
    isStuck = true
    await seconds(8)
    expect([begun, told]).toEqual([2, []])
    await seconds(10)
    expect([begun, told]).toEqual([2, ['unhealthy http://i0']])
  })

  test('that ends late does not count twice, and is followed by the next', async () => {
    let begun = 0
    const probe: Probe = () => {
      begun++
      return new Promise((resolve) => setTimeout(() => resolve(true), begun === 1 ? 0 : 2_000))
    }
    const { told } = testSet(urls(1), { health: { options: OPTIONS, probe } })
    await seconds(13)
    expect([begun, told]).toEqual([3, []])
    await seconds(5)
    expect([begun, told]).toEqual([4, ['unhealthy http://i0']])
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('refused')
      },
    ],
    ['rejects', () => Promise.reject(new Error('refused'))],
  ])('that %s has failed', async (_, probe) => {
    const { told } = testSet(urls(1), { health: { options: OPTIONS, probe } })
    await seconds(1)
    expect(told).toEqual(['unhealthy http://i0'])
  })
})

test.each([
  [undefined, 200, true],
  [undefined, 299, true],
  [undefined, 302, false],
  [undefined, 503, false],
  [[401, 204], 401, true],
  [[401, 204], 200, false],
])('of expected %j, %d is %s', (status, got, expected) => {
  expect(isExpectedStatus({ ...OPTIONS, status }, got)).toBe(expected)
})

test('closing ends checks and timers, and nothing is told any more', async () => {
  const signals: AbortSignal[] = []
  const answers: ((works: boolean) => void)[] = []
  const probe: Probe = (_, signal) => {
    signals.push(signal)
    return new Promise((resolve) => void answers.push(resolve))
  }
  const { set, told } = testSet(urls(2), { health: { options: OPTIONS, probe } })
  await seconds(0.6)
  set.close()
  expect([signals.map(({ aborted }) => aborted), jest.getTimerCount()]).toEqual([[true, true], 0])
  for (const answer of answers) answer(false)
  await seconds(60)
  expect([told, signals.length]).toEqual([[], 2])
})

test('an instance that is removed is checked no longer', async () => {
  const { set, times } = checked(2, () => true)
  await seconds(1)
  set.set(urls(1))
  times.length = 0
  await seconds(60)
  expect([times.length > 10, times.every(({ url }) => url === 'http://i0')]).toEqual([true, true])
})
