import { describe, expect, test } from '@jest/globals'
import type { Instance } from '../../../../src/call/balance/instance.ts'
import { chooser, STRATEGY_NAMES } from '../../../../src/call/balance/strategies.ts'
import { counted, seeded, weighted } from '../../support/instances.ts'

/** Requests that all end at once. */
const idle = (name: (typeof STRATEGY_NAMES)[number], instances: Instance[], times: number) => {
  const choose = chooser(name, seeded(1))
  return counted(instances, times, () => choose(instances, undefined))
}

/** Requests of which so many are under way at a time, each for as long as the others. */
const busy = (name: (typeof STRATEGY_NAMES)[number], instances: Instance[], concurrency: number) => {
  const choose = chooser(name, seeded(1))
  const random = seeded(2)
  const running: Instance[] = []
  for (let request = 0; request < 200 * concurrency; request++) {
    if (running.length === concurrency) {
      const [ended] = running.splice(Math.floor(random() * concurrency), 1) as [Instance]
      ended.inFlight--
    }
    const chosen = choose(instances, undefined)
    chosen.inFlight++
    running.push(chosen)
  }
  return instances.map(({ inFlight }) => inFlight)
}

/** Every count is within this part of what was expected. */
const near = (counts: readonly number[], expected: readonly number[], part: number) => {
  for (const [at, count] of counts.entries()) {
    expect(count).toBeGreaterThan((expected[at] as number) * (1 - part))
    expect(count).toBeLessThan((expected[at] as number) * (1 + part))
  }
}

test.each(STRATEGY_NAMES)('%s takes the only one', (name) => {
  const [only] = weighted(1) as [Instance]
  expect(chooser(name)([only], undefined)).toBe(only)
  expect(chooser(name)([only], 'key')).toBe(only)
})

test.each(STRATEGY_NAMES)('%s shares equally among equals', (name) => {
  near(idle(name, weighted(1, 1, 1, 1), 8_000), [2_000, 2_000, 2_000, 2_000], 0.06)
})

describe('round-robin', () => {
  test('goes round', () => {
    const instances = weighted(1, 1, 1)
    const choose = chooser('round-robin')
    const taken = Array.from({ length: 7 }, () => instances.indexOf(choose(instances, undefined)))
    expect(taken).toEqual([0, 1, 2, 0, 1, 2, 0])
  })

  test('goes on fairly where some choices leave one out', () => {
    const instances = weighted(1, 1, 1)
    const choose = chooser('round-robin')
    // Every second choice is a retry, which is not for the one that was just tried.
    let tried: Instance | undefined
    const counts = counted(instances, 6_000, () => {
      const left = instances.filter((instance) => instance !== tried)
      const chosen = choose(left, undefined)
      tried = tried ? undefined : chosen
      return chosen
    })
    expect(counts).toEqual([2_000, 2_000, 2_000])
  })

  test('one that comes later has no turns to make up for', () => {
    const instances = weighted(1, 1, 1)
    const choose = chooser('round-robin')
    for (let request = 0; request < 100; request++) choose(instances.slice(0, 2), undefined)
    expect(counted(instances, 30, () => choose(instances, undefined))).toEqual([10, 10, 10])
  })
})

describe('weighted', () => {
  test('is smooth: nobody has its whole share in one go', () => {
    const instances = weighted(5, 1, 1)
    const choose = chooser('weighted')
    const taken = Array.from({ length: 7 }, () => 'abc'[instances.indexOf(choose(instances, undefined))])
    expect(taken.join('')).toBe('aabacaa')
  })

  test('is exact', () => {
    expect(idle('weighted', weighted(1, 2, 0.5), 3_500)).toEqual([1_000, 2_000, 500])
  })

  test('one that comes later has no share to make up for', () => {
    const instances = weighted(1, 1, 1)
    const choose = chooser('weighted')
    for (let request = 0; request < 100; request++) choose(instances.slice(0, 2), undefined)
    expect(counted(instances, 30, () => choose(instances, undefined))).toEqual([10, 10, 10])
  })
})

describe('least-in-flight', () => {
  test('takes who has least under way', () => {
    const instances = weighted(1, 1, 1)
    for (const [nth, inFlight] of [3, 1, 2].entries()) (instances[nth] as Instance).inFlight = inFlight
    expect(chooser('least-in-flight')(instances, undefined)).toBe(instances[1])
  })

  test('by weight, busy or not', () => {
    near(busy('least-in-flight', weighted(1, 3), 80), [20, 60], 0.1)
    near(idle('least-in-flight', weighted(1, 3), 8_000), [2_000, 6_000], 0.06)
  })
})

describe('random-of-two', () => {
  test('never takes the one that has most under way', () => {
    const instances = weighted(1, 1, 1, 1)
    ;(instances[2] as Instance).inFlight = 1
    expect(idle('random-of-two', instances, 2_000)[2]).toBe(0)
  })

  test('mostly takes others than the busy ones, but not always the same', () => {
    const instances = weighted(1, 1, 1, 1)
    for (const [nth, inFlight] of [0, 1, 2, 3].entries()) (instances[nth] as Instance).inFlight = inFlight
    // Of six pairs three have the first, two more the second, one more the third.
    near(idle('random-of-two', instances, 6_000).slice(0, 3), [3_000, 2_000, 1_000], 0.1)
  })

  test('is far more even than chance', () => {
    const counts = busy('random-of-two', weighted(...Array<number>(10).fill(1)), 500)
    expect(Math.max(...counts)).toBeLessThanOrEqual(56)
  })

  test('by weight, busy or not', () => {
    near(busy('random-of-two', weighted(1, 1, 4), 120), [20, 20, 80], 0.25)
    near(idle('random-of-two', weighted(1, 3), 8_000), [2_000, 6_000], 0.06)
  })
})
