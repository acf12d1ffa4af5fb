import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { type Admission, Breaker, type BreakerState, breaker } from '../../../src/call/breaker.ts'
import type { Outcome } from '../../../src/call/outcome.ts'
import type { BreakerSettings } from '../../../src/call/policies.ts'
import { FacetError } from '../../../src/errors.ts'
import { testContext } from '../support/calls.ts'

let random: ReturnType<typeof jest.spyOn>
beforeEach(() => {
  jest.useFakeTimers()
  random = jest.spyOn(Math, 'random').mockReturnValue(0)
})
afterEach(() => {
  random.mockRestore()
  jest.useRealTimers()
})

/** A breaker with its history, and what a test does with it. */
function watched(settings: Partial<BreakerSettings> = {}) {
  const start = performance.now()
  const history: string[] = []
  const circuit = new Breaker(settings, (state) => history.push(`${performance.now() - start}: ${state}`))
  const admit = () => circuit.admit() as Admission
  const calls = (count: number, outcome: Outcome, ms = 10) => {
    for (let nth = 0; nth < count; nth++) circuit.report(admit(), outcome, ms)
  }
  /** Lets time pass up to so many milliseconds after the start. */
  const at = (ms: number) => void jest.advanceTimersByTime(start + ms - performance.now())
  return { circuit, history, admit, calls, at }
}

describe('a backend that fails', () => {
  test('is left alone for 5 s, probed by three calls, and used again when these have succeeded', () => {
    const { circuit, history, admit, calls, at } = watched()
    // At 0 s nineteen calls fail: too few to say anything.
    calls(19, 'failure')
    expect([circuit.state, circuit.available, circuit.retryAfter]).toEqual(['closed', true, 0])
    // At 1 s the twentieth does.
    at(1_000)
    calls(1, 'failure')
    expect([circuit.state, circuit.available, circuit.retryAfter]).toEqual(['open', false, 5_000])
    expect(circuit.admit()).toBeUndefined()
    // At 5.999 s it is still open.
    at(5_999)
    expect([circuit.admit(), circuit.available, circuit.retryAfter]).toEqual([undefined, false, 1])
    // At 6 s it would admit, and asking alone changes nothing.
    at(6_000)
    expect([circuit.available, circuit.state, circuit.retryAfter]).toEqual([true, 'open', 0])
    const probes = [admit(), admit(), admit()]
    expect([circuit.state, circuit.available, circuit.admit()]).toEqual(['half-open', false, undefined])
    // At 7 s two of them have succeeded: two more may go.
    at(7_000)
    for (const probe of probes.slice(0, 2)) circuit.report(probe, 'success', 1_000)
    expect([circuit.state, circuit.available]).toEqual(['half-open', true])
    circuit.report(probes[2] as Admission, 'success', 1_000)
    expect([circuit.state, circuit.available]).toEqual(['closed', true])
    // What was before is forgotten.
    calls(19, 'failure')
    expect(circuit.state).toBe('closed')
    expect(history).toEqual(['1000: open', '6000: half-open', '7000: closed'])
  })

  test('is left alone again as soon as one probe fails, and what the others say does not count', () => {
    const { circuit, history, admit, calls, at } = watched()
    calls(20, 'failure')
    at(5_000)
    const [first, second, third] = [admit(), admit(), admit()]
    circuit.report(first, 'success', 10)
    at(5_100)
    circuit.report(second, 'failure', 10)
    circuit.report(third, 'success', 10)
    expect([circuit.state, circuit.retryAfter]).toEqual(['open', 5_000])
    at(10_100)
    calls(3, 'success')
    expect(history).toEqual(['0: open', '5000: half-open', '5100: open', '10100: half-open', '10100: closed'])
  })

  test('is probed up to a tenth later, so that several processes do not do it at once', () => {
    random.mockReturnValue(1 - Number.EPSILON)
    const { circuit, calls, at } = watched()
    calls(20, 'failure')
    expect(circuit.retryAfter).toBeCloseTo(5_500)
    at(5_499)
    expect(circuit.available).toBe(false)
    at(5_500)
    expect(circuit.available).toBe(true)
  })

  test.each([
    ['half of the calls', 10, 10, 'open'],
    ['less than half', 11, 9, 'closed'],
    ['all, but of too few', 0, 19, 'closed'],
    ['none', 100, 0, 'closed'],
  ])('%s: %d that succeed, %d that fail: %s', (_, successes, failures, state) => {
    const { circuit, calls } = watched()
    calls(successes, 'success')
    calls(failures, 'failure')
    expect(circuit.state).toBe(state)
  })

  test('has only failed as far as the last 10 s tell', () => {
    const { circuit, calls, at } = watched()
    calls(19, 'failure')
    at(10_000)
    calls(19, 'failure')
    expect(circuit.state).toBe('closed')
    calls(1, 'failure')
    expect(circuit.state).toBe('open')
  })

  test('is not left alone because of a good answer: it may just have come back', () => {
    const { circuit, calls, at } = watched()
    calls(19, 'failure')
    at(3_000)
    calls(18, 'success')
    expect(circuit.state).toBe('closed')
    calls(1, 'failure')
    expect(circuit.state).toBe('open')
  })

  test('never opens with a failure rate of 0 before anything has failed', () => {
    const { circuit, calls } = watched({ failureRate: 0 })
    calls(100, 'success')
    expect(circuit.state).toBe('closed')
    calls(1, 'failure')
    expect(circuit.state).toBe('open')
  })
})

describe('a backend that is slow', () => {
  const slow = { over: 1_000, rate: 0.8 }

  test.each([
    ['four of five take a second', 4, 16, 1_000, 'open'],
    ['three of four', 5, 15, 1_000, 'closed'],
    ['all take a little less', 0, 40, 999, 'closed'],
  ])('%s: %d fast, %d of the others: %s', (_, fast, others, ms, state) => {
    const { circuit, calls } = watched({ slow })
    calls(fast, 'success', 10)
    calls(others, 'success', ms)
    expect(circuit.state).toBe(state)
  })

  test('is left alone again when a probe is slow', () => {
    const { history, calls, at } = watched({ slow })
    calls(20, 'success', 3_000)
    at(5_000)
    calls(1, 'success', 3_000)
    expect(history).toEqual(['0: open', '5000: half-open', '5000: open'])
  })

  test('counts for nothing where nobody has said what slow is', () => {
    const { circuit, calls } = watched()
    calls(100, 'success', 60_000)
    expect(circuit.state).toBe('closed')
  })
})

describe('what says nothing', () => {
  test('is not counted', () => {
    const { circuit, calls } = watched()
    calls(19, 'failure')
    calls(1_000, 'ignored')
    expect(circuit.state).toBe('closed')
    calls(1, 'failure')
    expect(circuit.state).toBe('open')
  })

  test('frees the place of a probe, for the next', () => {
    const { circuit, admit, calls, at } = watched({ probes: 1 })
    calls(20, 'failure')
    at(5_000)
    const probe = admit()
    expect(circuit.available).toBe(false)
    circuit.report(probe, 'ignored', 10)
    expect([circuit.state, circuit.available]).toEqual(['half-open', true])
    calls(1, 'success')
    expect(circuit.state).toBe('closed')
  })
})

describe('what was admitted before', () => {
  test('is no probe: at 5 s calls of before it opened succeed and fail, and only the probes count', () => {
    const { circuit, admit, calls, at } = watched({ probes: 1 })
    const old = [admit(), admit(), admit()]
    calls(20, 'failure')
    circuit.report(old[0] as Admission, 'failure', 10)
    at(5_000)
    const probe = admit()
    circuit.report(old[1] as Admission, 'success', 5_000)
    circuit.report(old[2] as Admission, 'failure', 5_000)
    expect(circuit.state).toBe('half-open')
    circuit.report(probe, 'success', 10)
    expect(circuit.state).toBe('closed')
  })

  test('does not open it again once it is closed', () => {
    const { circuit, calls, admit, at } = watched()
    const old = Array.from({ length: 20 }, admit)
    calls(20, 'failure')
    at(5_000)
    calls(3, 'success')
    for (const admission of old) circuit.report(admission, 'failure', 5_000)
    calls(19, 'failure')
    expect(circuit.state).toBe('closed')
  })

  test('keeps its place as a probe until it has ended, but no longer than a minute', () => {
    const { circuit, admit, calls, at } = watched()
    calls(20, 'failure')
    // At 5 s three probes start; one fails, the others never report.
    at(5_000)
    const [, lost] = [admit(), admit()]
    circuit.report(admit(), 'failure', 10)
    at(10_000)
    const probe = admit()
    expect([circuit.state, circuit.admit()]).toEqual(['half-open', undefined])
    circuit.report(probe, 'success', 10)
    // At 65 s the two are taken for lost.
    at(64_999)
    admit()
    expect(circuit.available).toBe(false)
    at(65_000)
    expect(circuit.available).toBe(true)
    const more = [admit(), admit(), circuit.admit()]
    expect(more[2]).toBeUndefined()
    circuit.report(more[0] as Admission, 'success', 10)
    circuit.report(lost as Admission, 'failure', 60_000)
    expect(circuit.state).toBe('half-open')
    circuit.report(more[1] as Admission, 'success', 10)
    expect(circuit.state).toBe('closed')
  })

  test('as a probe says nothing in the next round, but gives its place back', () => {
    const { circuit, admit, calls, at } = watched({ probes: 2 })
    calls(20, 'failure')
    at(5_000)
    const old = admit()
    calls(1, 'failure')
    at(10_000)
    const probe = admit()
    expect(circuit.available).toBe(false)
    circuit.report(old, 'failure', 5_000)
    expect([circuit.state, circuit.available]).toEqual(['half-open', true])
    circuit.report(probe, 'success', 10)
    calls(1, 'success')
    expect(circuit.state).toBe('closed')
  })
})

test('there are never more probes at once than may be, none while it is open, and it can always close again', () => {
  const act = fc.oneof(
    fc.record({ act: fc.constantFrom('admit' as const) }),
    fc.record({
      act: fc.constantFrom('report' as const),
      which: fc.integer({ min: 0, max: 30 }),
      outcome: fc.constantFrom<Outcome>('success', 'failure', 'ignored'),
      ms: fc.constantFrom(1, 2_000),
    }),
    fc.record({ act: fc.constantFrom('wait' as const), ms: fc.constantFrom(1, 300, 2_000) }),
  )
  fc.assert(
    fc.property(fc.array(act, { maxLength: 200 }), fc.integer({ min: 1, max: 4 }), (acts, probes) => {
      const running: { admission: Admission; state: BreakerState }[] = []
      const circuit = new Breaker({ minimum: 3, open: 1_000, probes, slow: { over: 1_000, rate: 0.5 } })
      for (const step of acts) {
        if (step.act === 'wait') jest.advanceTimersByTime(step.ms)
        else if (step.act === 'admit') {
          const [{ available }, before] = [circuit, circuit.state]
          const admission = circuit.admit()
          expect(admission !== undefined).toBe(available)
          if (before === 'open' && admission) expect(circuit.state).toBe('half-open')
          if (admission) running.push({ admission, state: circuit.state })
        } else {
          const [ended] = running.splice(step.which % (running.length || 1), 1)
          if (ended) circuit.report(ended.admission, step.outcome, step.ms)
        }
        expect(running.filter(({ state }) => state === 'half-open').length).toBeLessThanOrEqual(probes)
      }
      // Whatever has happened: once all have reported and the window is over, as many successes as there are probes close it.
      for (const { admission } of running) circuit.report(admission, 'ignored', 1)
      jest.advanceTimersByTime(11_000)
      for (let nth = 0; nth < probes; nth++) circuit.report(circuit.admit() as Admission, 'success', 1)
      expect(circuit.state).toBe('closed')
    }),
  )
})

describe('a call through a breaker', () => {
  const failing = (error: unknown) =>
    jest.fn(async () => {
      jest.advanceTimersByTime(10)
      throw error
    })

  test('is told `backend-open` once too many have failed, with the time until it may come back', async () => {
    const circuit = new Breaker({ minimum: 5 })
    const ask = failing(new FacetError('backend-unreachable'))
    const run = breaker(circuit)(ask)
    for (let nth = 0; nth < 5; nth++)
      await expect(run('x', testContext())).rejects.toMatchObject({ code: 'backend-unreachable' })
    await expect(run('x', testContext())).rejects.toMatchObject({
      code: 'backend-open',
      status: 503,
      retryAfter: 5_000,
      headers: { 'retry-after': '5' },
    })
    expect(ask).toHaveBeenCalledTimes(5)
    jest.advanceTimersByTime(4_500)
    await expect(run('x', testContext())).rejects.toMatchObject({ headers: { 'retry-after': '1' } })
  })

  test('says what it answered, and how long it took', async () => {
    const circuit = new Breaker({ minimum: 2, slow: { over: 500, rate: 1 } })
    const run = breaker(circuit)(async (ms: number) => {
      jest.advanceTimersByTime(ms)
      return `after ${ms}`
    })
    expect(await run(499, testContext())).toBe('after 499')
    expect(await run(500, testContext())).toBe('after 500')
    expect(circuit.state).toBe('closed')
    // Ten seconds later the fast one is forgotten.
    jest.advanceTimersByTime(10_000)
    await run(500, testContext())
    await run(500, testContext())
    expect(circuit.state).toBe('open')
  })

  test.each([
    ['its 404s', new FacetError('resource-unknown', { upstream: 404 }), 'closed'],
    ['its 503s', new FacetError('backend-status', { upstream: 503 }), 'open'],
    ['mistakes of the program', new TypeError('x is not a function'), 'closed'],
  ])('is judged by what a failure says of the backend: after %s', async (_, error, state) => {
    const circuit = new Breaker({ minimum: 5 })
    const run = breaker(circuit)(failing(error))
    for (let nth = 0; nth < 5; nth++) await run('x', testContext()).catch(() => {})
    expect(circuit.state).toBe(state)
  })

  test('is judged by what the backend’s own function says', async () => {
    const circuit = new Breaker({ minimum: 5, isFailure: (error) => (error as FacetError).upstream === 404 })
    const run = breaker(circuit)(failing(new FacetError('resource-unknown', { upstream: 404 })))
    for (let nth = 0; nth < 5; nth++) await run('x', testContext()).catch(() => {})
    expect(circuit.state).toBe('open')
  })

  test('that was given up says nothing, whatever it failed with', async () => {
    const circuit = new Breaker({ minimum: 5 })
    const run = breaker(circuit)(failing(new FacetError('backend-timeout')))
    for (let nth = 0; nth < 10; nth++) {
      const context = testContext()
      context.token.cancel(new FacetError('client-closed'))
      await run('x', context).catch(() => {})
    }
    expect(circuit.state).toBe('closed')
  })

  test('as a probe gives its place back, also when it was given up', async () => {
    const circuit = new Breaker({ minimum: 1, probes: 1 })
    await breaker(circuit)(failing(new FacetError('backend-timeout')))('x', testContext()).catch(() => {})
    jest.advanceTimersByTime(5_000)
    const context = testContext()
    await breaker(circuit)(async () => {
      context.token.cancel('client left')
      throw new FacetError('client-closed')
    })('x', context).catch(() => {})
    expect([circuit.state, circuit.available]).toEqual(['half-open', true])
    expect(await breaker(circuit)(async () => 'answer')('x', testContext())).toBe('answer')
    expect(circuit.state).toBe('closed')
  })
})
