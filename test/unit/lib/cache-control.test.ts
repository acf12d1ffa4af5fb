import { describe, expect, test } from '@jest/globals'
import { CacheControl } from '../../../src/lib/cache-control.ts'

const seconds = (field: string) => new CacheControl(field).seconds('max-age')

describe('a number of seconds', () => {
  test.each<[string, number | undefined]>([
    ['max-age=60', 60],
    ['Max-Age=60', 60],
    ['public, max-age=60, foo', 60],
    ['max-age="60"', 60],
    ['max-age = 60', 60],
    ['max-age=0060', 60],
    ['max-age=99999999999', 2 ** 31],
    [',,max-age=60,,', 60],
    ['', undefined],
    ['s-maxage=60', undefined],
    ['x-max-age=60', undefined],
    ['foo="max-age=60, max-age=70"', undefined],
    ['foo="a\\", max-age=60"', undefined],
  ])('%j: %p', (field, expected) => {
    expect(seconds(field)).toBe(expected)
  })

  test.each([
    'max-age',
    'max-age=',
    'max-age=-1',
    'max-age=1.5',
    "max-age='60'",
    'max-age=60s',
    'max-age=60;x',
    'max-age=1e3',
  ])('%j holds for no time, since nobody knows for how long it was meant to', (field) => {
    expect(seconds(field)).toBe(0)
  })

  test('that is there twice is the smaller one', () => {
    expect([
      seconds('max-age=60, max-age=5'),
      seconds('max-age=5, max-age=60'),
      seconds('max-age=5, max-age=x'),
    ]).toEqual([5, 5, 0])
  })
})

test('directives have values or none', () => {
  const said = new CacheControl('no-cache="Set-Cookie, X", private, max-stale, Foo=Bar')
  expect(['no-cache', 'private', 'max-stale', 'foo', 'nothing'].map((name) => said.value(name))).toEqual([
    ...['Set-Cookie, X', '', '', 'Bar', undefined],
  ])
  expect(['private', 'Private', 'foo', 'x'].map((name) => said.has(name))).toEqual([true, false, true, false])
  expect(CacheControl.NONE.has('private')).toBe(false)
})

test('takes the time that a field’s length takes', () => {
  for (const filling of ['a="', 'a="\\"', ',,,', 'a=', '= ', '"'] as const) {
    const before = performance.now()
    new CacheControl(filling.repeat(20_000)).has('max-age')
    expect(performance.now() - before).toBeLessThan(1_000)
  }
})
