// Whatever has happened to a set, who is chosen is who may be chosen.
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { HEALTH } from '../../../../src/call/balance/health.ts'
import type { Instance } from '../../../../src/call/balance/instance.ts'
import { OUTLIERS } from '../../../../src/call/balance/outliers.ts'
import { STRATEGY_NAMES } from '../../../../src/call/balance/strategies.ts'
import { codeOf } from '../../../../src/errors.ts'
import { testSet, urls } from '../../support/instances.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => void jest.useRealTimers())

const MOST = 6
const place = fc.nat({ max: MOST - 1 })
const steps = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fail' as const), at: place, times: fc.nat({ max: 8 }) }) },
  fc.record({ do: fc.constant('succeed' as const), at: place }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat({ max: 30_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('down' as const), at: place, isDown: fc.boolean() }) },
  fc.record({ do: fc.constant('break' as const), at: place, isOpen: fc.boolean() }),
  fc.record({ do: fc.constant('set' as const), which: fc.subarray([...Array(MOST).keys()], { minLength: 1 }) }),
)

test('available before ejected or ill, untried before tried, and never one whose breaker is open', async () => {
  const scenario = fc.record({
    strategy: fc.constantFrom(...STRATEGY_NAMES),
    count: fc.integer({ min: 1, max: MOST }),
    key: fc.option(fc.string(), { nil: undefined }),
    steps: fc.array(steps, { maxLength: 20 }),
    tried: fc.array(place, { maxLength: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(scenario, async ({ strategy, count, key, steps, tried }) => {
      const down = new Set<string>()
      const probe = async ({ url }: Instance) => !down.has(url)
      const health = { options: { ...HEALTH, path: '/' }, probe }
      const { set, attempt } = testSet(urls(count), { strategy, slowStart: 10_000, outliers: OUTLIERS, health })
      for (const step of steps) {
        if (step.do === 'wait') await jest.advanceTimersByTimeAsync(step.ms)
        else if (step.do === 'down') down[step.isDown ? 'add' : 'delete'](`http://i${step.at}`)
        else if (step.do === 'set') set.set(step.which.map((nth) => ({ url: `http://i${nth}` })))
        else {
          const at = step.at % set.all.length
          if (step.do === 'fail') attempt(at, 'failure', step.times)
          else if (step.do === 'succeed') attempt(at, 'success')
          else (set.all[at] as Instance).breaker = { available: !step.isOpen }
        }
        expectRight(set, new Set(tried.flatMap((nth) => set.all[nth] ?? [])), key)
      }
      set.close()
      expect(jest.getTimerCount()).toBe(0)
    }),
  )
})

function expectRight(
  set: ReturnType<typeof testSet>['set'],
  tried: ReadonlySet<Instance>,
  key: string | undefined,
): void {
  const passing = set.all.filter(({ breaker }) => breaker?.available !== false)
  if (passing.length === 0) {
    expect(codeOf(failureOf(() => set.choose(tried, key)))).toBe('backend-open')
    return
  }
  const chosen = set.choose(tried, key)
  const available = passing.filter((instance) => instance.available)
  const allowed = available.length > 0 ? available : passing
  const untried = allowed.filter((instance) => !tried.has(instance))
  expect(untried.length > 0 ? untried : allowed).toContain(chosen)
}

function failureOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}
