import { describe, expect, test } from '@jest/globals'
import { parseHttpDate } from '../../../src/lib/http-date.ts'

const moment = Date.UTC(1994, 10, 6, 8, 49, 37)

test.each([
  ['the preferred form', 'Sun, 06 Nov 1994 08:49:37 GMT'],
  ['the form of RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT'],
  ['the form of asctime', 'Sun Nov  6 08:49:37 1994'],
  ['any case', 'sun, 06 nov 1994 08:49:37 gmt'],
])('%s', (_, text) => {
  expect(parseHttpDate(text)).toBe(moment)
})

test('a year of two digits is never more than fifty years ahead', () => {
  const now = Date.UTC(2026, 0, 1)
  const yearOf = (digits: string) =>
    new Date(parseHttpDate(`Monday, 02-Jan-${digits} 00:00:00 GMT`, now) ?? 0).getUTCFullYear()
  expect(['26', '76', '77', '99'].map(yearOf)).toEqual([2026, 2076, 1977, 1999])
})

describe('what is no date', () => {
  test.each([
    ...[
      '',
      '0',
      '-1',
      'yesterday',
      '1994-11-06T08:49:37Z',
      'Sun, 06 Nov 1994 08:49:37',
      'Sun, 06 Nov 1994 08:49:37 UTC',
    ],
    ...['Sun, 06 Nov 1994 08:49:37 AEST', 'Sun, 6 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 8:49:37 GMT'],
    ...['Sun, 31 Feb 1994 08:49:37 GMT', 'Sun, 00 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 24:00:00 GMT'],
    ...['Sun, 06 Nov 1994 08:60:37 GMT', 'Sun 06 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 94 08:49:37 GMT'],
    ...[' Sun, 06 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 08:49:37 GMT, x'],
  ])('%j', (text) => {
    expect(parseHttpDate(text)).toBeUndefined()
  })
})

test('what JavaScript writes is read', () => {
  for (const time of [0, moment, Date.UTC(2050, 1, 28, 23, 59, 59)])
    expect(parseHttpDate(new Date(time).toUTCString())).toBe(time)
})
