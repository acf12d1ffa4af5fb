import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { TimerWheel } from '../../../src/lib/timer-wheel.ts'

describe('a wheel at rest', () => {
  beforeEach(() => void jest.useFakeTimers())
  afterEach(() => void jest.useRealTimers())

  test('sets no timer of its own before one is set, nor after the last one is gone', () => {
    const wheel = new TimerWheel(10)
    expect(jest.getTimerCount()).toBe(0)
    const timer = wheel.set(1_000, () => {})
    expect(jest.getTimerCount()).toBe(1)
    timer.clear()
    jest.advanceTimersByTime(20)
    expect([wheel.size, jest.getTimerCount()]).toEqual([0, 0])
  })

  test('runs one timer of its own, however many are set', () => {
    const wheel = new TimerWheel(10)
    for (let ms = 0; ms < 5_000; ms++) wheel.set(ms, () => {})
    expect([wheel.size, jest.getTimerCount()]).toEqual([5_000, 1])
    jest.advanceTimersByTime(5_020)
    expect([wheel.size, jest.getTimerCount()]).toEqual([0, 0])
  })

  test('starts again after a rest, with the right time', () => {
    const wheel = new TimerWheel(10)
    wheel.set(10, () => {})
    jest.advanceTimersByTime(12_345)
    const fire = jest.fn()
    wheel.set(50, fire)
    jest.advanceTimersByTime(49)
    expect(fire).not.toHaveBeenCalled()
    jest.advanceTimersByTime(11)
    expect(fire).toHaveBeenCalledTimes(1)
  })

  test('a callback that sets a timer every time it fires goes on', () => {
    const wheel = new TimerWheel(10)
    let rounds = 0
    const again = () => {
      rounds++
      if (rounds < 20) wheel.set(10, again)
    }
    wheel.set(10, again)
    jest.advanceTimersByTime(1_000)
    expect([rounds, wheel.size]).toEqual([20, 0])
  })

  test('a callback that throws stops neither the wheel nor its neighbours', () => {
    const escaped: unknown[] = []
    const microtask = jest.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => {
      try {
        task()
      } catch (error) {
        escaped.push(error)
      }
    })
    const wheel = new TimerWheel(10)
    const told: string[] = []
    wheel.set(10, () => told.push('before'))
    wheel.set(10, () => {
      throw new Error('a mistake')
    })
    wheel.set(10, () => told.push('after'))
    wheel.set(500, () => told.push('later'))
    jest.advanceTimersByTime(600)
    microtask.mockRestore()
    expect(told.toSorted()).toEqual(['after', 'before', 'later'])
    expect(escaped).toEqual([new Error('a mistake')])
  })
})

test('a timer that is set never keeps the process alive', async () => {
  const module = fileURLToPath(new URL('../../../src/lib/timer-wheel.ts', import.meta.url))
  const program = `
    import { TimerWheel } from ${JSON.stringify(module)}
    new TimerWheel().set(60_000, () => {})
    console.log('end of the program')`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    timeout: 15_000,
  })
  expect(stdout).toBe('end of the program\n')
})
