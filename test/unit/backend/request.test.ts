import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { addHeaders, fillTemplate, parseTemplate, writeQuery } from '../../../src/backend/request.ts'
import { failureOf } from '../support/failure.ts'

const fill = (template: string, params: Record<string, unknown> = {}) => fillTemplate(parseTemplate(template), params)

describe('a path template', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['/users', {}, '/users'],
    ['/users/:id', { id: 7 }, '/users/7'],
    ['/users/:id/orders/:order', { id: '7', order: 10n }, '/users/7/orders/10'],
    ['/:a-:b.json', { a: 'x', b: true }, '/x-true.json'],
    ['/users/:id', { id: 'a b/c?d#e&f=g%h' }, '/users/a%20b%2Fc%3Fd%23e%26f%3Dg%25h'],
    ['/users/:id', { id: 'Müller' }, '/users/M%C3%BCller'],
    ['/users/:id', { id: '%2e%2e' }, '/users/%252e%252e'],
    ['/users/:id', { id: '...' }, '/users/...'],
    ['/users/:id', { id: 'a:b' }, '/users/a%3Ab'],
    ['/users/:id', { id: 0 }, '/users/0'],
  ])('%s with %j is %s', (template, params, path) => {
    expect(fill(template, params)).toBe(path)
  })

  test.each(['', '.', '..', 'a/..', '../a', '..\\a', 'a/./b', '..;a', 'a\u0000', 'a\r\nb', 'a\tb', '\u007f', '\ud800'])(
    'a value cannot climb out of its segment: %j',
    (id) => {
      expect(failureOf(() => fill('/users/:id/orders', { id })).code).toBe('input-invalid')
    },
  )

  test.each([undefined, null, {}, ['a']])('a value that is none is a mistake in the program: %j', (id) => {
    expect(() => fill('/users/:id', { id })).toThrow(new TypeError("no value for the path parameter 'id'"))
  })

  test('whatever is filled in is one segment of the path that a backend reads, or nothing is sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        let path: string
        try {
          path = fill('/users/:id/orders', { id })
        } catch {
          return
        }
        const url = new URL(path, 'http://backend')
        expect([url.origin, url.search, url.hash]).toEqual(['http://backend', '', ''])
        expect(url.pathname.split('/').map(decodeURIComponent)).toEqual(['', 'users', id, 'orders'])
      }),
    )
  })
})

describe('a query', () => {
  test.each<[Parameters<typeof writeQuery>[0], string]>([
    [undefined, ''],
    [{}, ''],
    [{ a: undefined, b: null }, ''],
    [{ a: '1', b: 2, c: true, d: 3n }, '?a=1&b=2&c=true&d=3'],
    [{ sku: ['A', 'B'] }, '?sku=A&sku=B'],
    [{ sku: [] }, ''],
    [{ a: '' }, '?a='],
    [{ 'a b': 'c&d=e#f?g+h' }, '?a%20b=c%26d%3De%23f%3Fg%2Bh'],
    [{ a: '\r\n\u0000' }, '?a=%0D%0A%00'],
  ])('of %j is %j', (query, text) => {
    expect(writeQuery(query)).toBe(text)
  })

  test('with half a character is refused', () => {
    expect(failureOf(() => writeQuery({ a: '\ud800' })).code).toBe('input-invalid')
  })
})

describe('headers that an operation computed', () => {
  test('are added, what is undefined is left out', () => {
    const headers = ['accept', '*/*']
    addHeaders(headers, { 'x-a': '1', 'x-b': undefined, 'x-c': '' })
    addHeaders(headers, undefined)
    expect(headers).toEqual(['accept', '*/*', 'x-a', '1', 'x-c', ''])
  })

  test.each([
    { 'x-a': 'a\r\nX-Admin: 1' },
    { 'x-a': 'a\u0000' },
    { 'x-a': 'Łódź' },
    { 'x a': '1' },
    { '': '1' },
    { 'x-a\r\n': '1' },
  ])('that no header can carry are refused: %j', (added) => {
    expect(failureOf(() => addHeaders([], added as Record<string, string>)).code).toBe('input-invalid')
  })
})
