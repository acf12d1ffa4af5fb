import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type CookieOptions, settleHeads } from '../../../../src/endpoint/proxy-head-options.ts'
import { mapCookie } from '../../../../src/http/proxy/set-cookie.ts'
import { placeOf } from '../../../../src/http/proxy/upstream-places.ts'

function map(
  value: string,
  {
    url = 'http://app.up.example/app',
    inner = '',
    prefix = '/legacy',
    isKept = false,
    cookies = {} as CookieOptions,
  } = {},
) {
  const table = settleHeads('ANY /legacy/*path', { cookies }).cookies
  if (!table) throw new Error('cookies are on')
  return mapCookie(value, table, [placeOf(url, inner)], { text: prefix, isKept })
}

describe('a cookie', () => {
  test.each([
    ['a=b', 'a=b'],
    ['a=b; Domain=app.up.example', 'a=b'],
    ['a=b; Domain=.APP.up.Example; Secure', 'a=b; Secure'],
    ['a=b; Domain=up.example; Path=/app', 'a=b; Path=/legacy'],
    ['a=b; Domain=other.example; Path=/app/x', 'a=b; Domain=other.example; Path=/legacy/x'],
    ['a=b; Domain=p.example', 'a=b; Domain=p.example'],
    ['a=b; Domain=x.app.up.example', 'a=b; Domain=x.app.up.example'],
    ['a=b; Domain=', 'a=b; Domain='],
    ['a=b; Domain', 'a=b; Domain'],
    ['a=b; Path=/app/', 'a=b; Path=/legacy'],
    ['a=b; Path=/apple', 'a=b; Path=/apple'],
    ['a=b; Path=/', 'a=b; Path=/'],
    ['a=b; Path=app', 'a=b; Path=app'],
    ['a=b; Path="/app"', 'a=b; Path="/app"'],
    ['a=b;PATH =  /app/x  ;HttpOnly', 'a=b;PATH =/legacy/x;HttpOnly'],
    ['a=b; Path=/app; Path=/app/x', 'a=b; Path=/legacy; Path=/legacy/x'],
    // What is no attribute of these is not looked at.
    ['Path=/app', 'Path=/app'],
    ['a="x; Domain=other"', 'a="x; Domain=other"'],
    ['a=Domain=up.example', 'a=Domain=up.example'],
    [
      '=; ;; Expires=Wed, 21 Oct 2026 07:28:00 GMT;Strange ;x=y=z; Path=/app',
      '=; ;; Expires=Wed, 21 Oct 2026 07:28:00 GMT;Strange ;x=y=z; Path=/legacy',
    ],
    ['', ''],
    // Browsers hold these to the root, and to one host.
    ['__Host-a=b; Secure; Path=/', '__Host-a=b; Secure; Path=/'],
    ['__host-a=b; Secure; Path=/app', '__host-a=b; Secure; Path=/app'],
    ['__Secure-a=b; Secure; Path=/app', '__Secure-a=b; Secure; Path=/legacy'],
  ])('%j is %j', (value, expected) => {
    expect(map(value)).toBe(expected)
  })

  test('of the root of a backend is one of the route, and stays one of the root for __Host-', () => {
    const url = 'http://up.example'
    expect(map('a=b; Path=/', { url })).toBe('a=b; Path=/legacy')
    expect(map('a=b; Path=/x', { url })).toBe('a=b; Path=/legacy/x')
    expect(map('__Host-a=b; Path=/; Secure', { url })).toBe('__Host-a=b; Path=/; Secure')
    expect(map('a=b; Path=/', { url, prefix: '' })).toBe('a=b; Path=/')
  })

  test.each([
    ['/app/other', '/pub'],
    ['/app/other/', '/pub'],
    ['/app/other/x', '/pub/x'],
    // It covers all that the route can ask: at least that, it has to cover here.
    ['/app', '/pub'],
    ['/app/', '/pub'],
    ['/app/login', '/app/login'],
    ['/app/others', '/app/others'],
    ['/other', '/other'],
    ['/', '/'],
  ])('behind another prefix, of %s is of %s', (path, expected) => {
    expect(map(`a=b; Path=${path}`, { inner: '/other', prefix: '/pub' })).toBe(`a=b; Path=${expected}`)
  })

  test.each([
    ['/app/v1/kept', '/m/v1/kept'],
    ['/app/v1/kept/x', '/m/v1/kept/x'],
    ['/app/v1', '/m/v1'],
    ['/app/v1/', '/m/v1'],
    ['/app', '/m'],
    ['/app/', '/m'],
    ['/app/v2', '/app/v2'],
    ['/', '/'],
  ])('behind a prefix that is kept, of %s is of %s', (path, expected) => {
    const kept = { inner: '/v1/kept', prefix: '/m/v1/kept', isKept: true }
    expect(map(`a=b; Path=${path}`, kept)).toBe(`a=b; Path=${expected}`)
  })

  test('of the root stays one where the prefix is kept', () => {
    const kept = { url: 'http://up.example', inner: '/kept', prefix: '/kept', isKept: true }
    expect(map('a=b; Path=/', kept)).toBe('a=b; Path=/')
    expect(map('a=b; Path=/', { ...kept, prefix: '/api/kept' })).toBe('a=b; Path=/api')
  })

  test('has no attribute that a client has written into its path', () => {
    expect(map('a=b; Path=/app', { prefix: '/x;Domain=example/legacy' })).toBe('a=b; Path=/app')
  })

  test('of an address is that of the whole address only', () => {
    const url = 'http://127.0.0.1:4001'
    expect(map('a=b; Domain=127.0.0.1', { url })).toBe('a=b')
    expect(map('a=b; Domain=0.0.1', { url })).toBe('a=b; Domain=0.0.1')
  })

  test.each([
    ['a=b; Domain=.OLD.example', 'a=b; Domain=new.example'],
    ['a=b; Domain=x.old.example', 'a=b; Domain=x.old.example'],
    ['a=b; Domain=up.example', 'a=b; Domain=up.example'],
    ['a=b; Domain=app.up.example', 'a=b'],
    ['a=b; Path=/shop', 'a=b; Path=/'],
    ['a=b; Path=/shop/cart', 'a=b; Path=/cart'],
    ['a=b; Path=/shop/admin/x', 'a=b; Path=/manage/x'],
    ['a=b; Path=/shopping', 'a=b; Path=/shopping'],
    ['a=b; Path=/app', 'a=b; Path=/kept'],
    ['a=b; Path=/app/x', 'a=b; Path=/kept/x'],
  ])('of a table, %j is %j', (value, expected) => {
    const cookies = {
      domain: { 'old.example': 'new.example', 'up.example': 'up.example' },
      path: { '/shop': '/', '/shop/admin': '/manage', '/app/': '/kept' },
    } as const
    expect(map(value, { cookies })).toBe(expected)
  })

  test('keeps name, value and all other attributes byte for byte', () => {
    const part = fc.string({ unit: fc.constantFrom(...'ab=", \t/.\xe9_-'), maxLength: 8 })
    const attribute = fc.constantFrom(
      ' Domain=up.example',
      ' Path=/app/x',
      'path=/y',
      ' Secure',
      ' domain=evil.example',
    )
    fc.assert(
      fc.property(part, fc.array(fc.oneof(part, attribute), { maxLength: 6 }), (cookie, attributes) => {
        const mapped = map([cookie, ...attributes].join(';')).split(';')
        const isOther = (text: string) => !/^\s*(domain|path)\s*=/i.test(text)
        expect(mapped[0]).toBe(cookie)
        expect(mapped.slice(1).filter(isOther)).toEqual(attributes.filter(isOther))
      }),
    )
  })
})
