import { describe, expect, test } from '@jest/globals'
import { milliseconds } from '../../../src/lib/duration.ts'

describe('milliseconds', () => {
  test.each([
    ['0ms', 0],
    ['300ms', 300],
    ['1s', 1_000],
    ['1.5s', 1_500],
    ['0.25m', 15_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['007s', 7_000],
  ])('%s is %d', (text, expected) => {
    expect(milliseconds(text)).toBe(expected)
  })

  test.each([
    '',
    ' ',
    '5',
    '5 s',
    ' 5s',
    '5s ',
    '-5s',
    '+5s',
    '1e3s',
    '.5s',
    '5.s',
    '5S',
    '5sec',
    '5m5s',
    'Infinitys',
    '٣s',
  ])('%j is refused with what was expected', (text) => {
    expect(() => milliseconds(text)).toThrow(RangeError)
    expect(() => milliseconds(text)).toThrow(`'${text}' is not a duration such as 300ms, 30s, 5m, 2h, 7d`)
  })
})
