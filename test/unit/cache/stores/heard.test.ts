import { expect, test } from '@jest/globals'
import { Heard } from '../../../../src/cache/redis/heard.ts'

test('what is heard counts from the first look at the clock on, and without a gap', () => {
  const heard = new Heard()
  heard.hear(5, false)
  expect(heard.upTo).toBeUndefined()
  expect(heard.compare(10)).toBe('well')
  heard.hear(12, false)
  heard.hear(13, false)
  expect(heard.upTo).toBe(10)
  heard.hear(11, false)
  expect(heard.upTo).toBe(13)
  heard.hear(4, false)
  expect(heard.upTo).toBe(13)
})

test('what the clock said the last time and is not heard of by now was missed', () => {
  const heard = new Heard()
  heard.compare(10)
  expect(heard.compare(12)).toBe('well')
  heard.hear(12, false)
  expect([heard.compare(15), heard.upTo]).toEqual(['missed', 12])
  heard.hear(13, false)
  expect(heard.compare(15)).toBe('missed')
  expect([heard.compare(15), heard.upTo]).toEqual(['well', 15])
})

test('many that are told a little late are not missed', () => {
  const heard = new Heard()
  heard.compare(0)
  for (let now = 10; now < 1_000; now += 10) {
    expect(heard.compare(now)).toBe('well')
    for (let time = now - 9; time <= now; time++) heard.hear(time, false)
  }
})

test('a purge of everything makes what was told before it of no matter', () => {
  const heard = new Heard()
  heard.compare(10)
  heard.hear(21, false)
  heard.hear(20, true)
  expect(heard.upTo).toBe(21)
})

test('a clock that goes back is noticed', () => {
  const heard = new Heard()
  heard.compare(10)
  expect(heard.compare(9)).toBe('back')
})

test('one can wait for a time, and not for ever', async () => {
  const heard = new Heard()
  heard.compare(10)
  await heard.until(10, 10_000)
  const waiting = heard.until(12, 10_000)
  heard.hear(11, false)
  heard.hear(12, false)
  await waiting
  await heard.until(13, 5)
})
