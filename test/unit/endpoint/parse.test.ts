import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { parsePart, parseQuery } from '../../../src/endpoint/parse.ts'
import { failureOf } from '../support/failure.ts'

describe('a query string', () => {
  test.each<[string, Record<string, string | string[]>]>([
    ['', {}],
    ['a=1', { a: '1' }],
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=1&a=2&a=3', { a: ['1', '2', '3'] }],
    ['a', { a: '' }],
    ['a=', { a: '' }],
    ['=1', { '': '1' }],
    ['&&a=1&', { a: '1' }],
    ['a=b=c', { a: 'b=c' }],
    ['a+b=c+d', { 'a b': 'c d' }],
    ['a=1%2B1', { a: '1+1' }],
    ['n%61me=%C5%81%C3%B3d%C5%BA', { name: 'Łódź' }],
    ['a=%26%3D%23', { a: '&=#' }],
    ['a[b]=1&a.b=2', { 'a[b]': '1', 'a.b': '2' }],
    ['a=1;b=2', { a: '1;b=2' }],
    ['a=%00%0d%0a', { a: '\u0000\r\n' }],
    ['?a=1', { '?a': '1' }],
  ])('%j is read', (text, expected) => {
    expect({ ...parseQuery(text) }).toEqual(expected)
  })

  test.each(['a=%', 'a=%2', 'a=%zz', '%=1', 'a=%c3', 'a=%c0%af', 'b=1&a=%ff'])('%j is refused, whole', (text) => {
    const failure = failureOf(() => parseQuery(text))
    expect([failure.code, failure.issues]).toEqual([
      'input-invalid',
      [{ path: 'query', message: 'malformed percent-encoding' }],
    ])
  })

  test('has names that every object has as its own, and changes no prototype', () => {
    const query = parseQuery('__proto__=1&__proto__=2&constructor=3&toString=4')
    expect(Object.entries(query)).toEqual([
      ['__proto__', ['1', '2']],
      ['constructor', '3'],
      ['toString', '4'],
    ])
    expect(Object.getPrototypeOf(query)).toBeNull()
  })

  test('is what a browser makes of pairs', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 6 }), (pairs) => {
        const query = parseQuery(new URLSearchParams(pairs).toString())
        expect(Object.values(query).flat()).toHaveLength(pairs.length)
        for (const [name] of pairs)
          expect([query[name]].flat()).toEqual(pairs.filter(([other]) => other === name).map(([, value]) => value))
      }),
    )
  })
})

describe('a part of a request', () => {
  const schema = z.object({ orders: z.coerce.number().int().min(1).max(50).default(10) })

  test('is what its schema makes of it: nothing that is not named there', () => {
    expect(parsePart('query', schema, parseQuery('orders=5&admin=true'))).toEqual({ orders: 5 })
    expect(parsePart('query', schema, parseQuery(''))).toEqual({ orders: 10 })
  })

  test('is refused with every issue and where it is', () => {
    const body = z.object({
      items: z.array(z.object({ sku: z.string().min(1), n: z.number() })),
      currency: z.enum(['EUR']),
    })
    const failure = failureOf(() =>
      parsePart('body', body, {
        items: [
          { sku: 'A', n: 1 },
          { sku: '', n: 'x' },
        ],
        currency: 'DM',
      }),
    )
    expect(failure.code).toBe('input-invalid')
    expect(failure.issues?.map(({ path }) => path)).toEqual(['body.items.1.sku', 'body.items.1.n', 'body.currency'])
    for (const { message } of failure.issues ?? []) expect(message).not.toBe('')
  })

  test('as a whole that is wrong is named by its part', () => {
    expect(failureOf(() => parsePart('body', schema, 'text')).issues?.map(({ path }) => path)).toEqual(['body'])
    expect(failureOf(() => parsePart('query', schema, parseQuery('orders=0'))).issues?.[0]?.path).toBe('query.orders')
  })

  test('whose schema is broken is a mistake in the program, not in the request', () => {
    const broken = z.string().transform(() => {
      throw new TypeError('a mistake')
    })
    expect(() => parsePart('body', broken, 'x')).toThrow(new TypeError('a mistake'))
  })
})
