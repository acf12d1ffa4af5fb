import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mapLocation } from '../../../../src/http/proxy/location.ts'
import { prefixOf } from '../../../../src/http/proxy/rewrites.ts'
import { type Place, placeOf } from '../../../../src/http/proxy/upstream-places.ts'

const at = (...urls: string[]): Place[] => within('', ...urls)
/** The places of a route that asks for nothing but what begins with a text. */
const within = (inner: string, ...urls: string[]): Place[] =>
  urls.map((url) => placeOf(url, inner)).sort((a, b) => b.base.length - a.base.length)

describe('a reference of a backend at its root, behind /legacy,', () => {
  test.each([
    // From the root of a path.
    ['/', '/legacy/'],
    ['/users', '/legacy/users'],
    ['/users?next=/a&b=%2F#top', '/legacy/users?next=/a&b=%2F#top'],
    ['/?a', '/legacy/?a'],
    ['/a//b', '/legacy/a//b'],
    ['/a b', '/legacy/a b'],
    ['/Zo\xeb', '/legacy/Zo\xeb'],
    ['/a/../b', '/legacy/b'],
    ['/a/./b?x=../y', '/legacy/a/b?x=../y'],
    ['/a/%2e%2e/b', '/legacy/b'],
    // With its own host.
    ['http://up.example/users', '/legacy/users'],
    ['HTTP://UP.Example:80/users', '/legacy/users'],
    ['http://up.example', '/legacy/'],
    ['http://up.example?a=1', '/legacy/?a=1'],
    ['http://up.example#a', '/legacy/#a'],
    ['//up.example/users', '/legacy/users'],
    ['//UP.EXAMPLE:80/users', '/legacy/users'],
    ['http://up.example//evil.example/', '/legacy//evil.example/'],
  ])('%s is %s', (value, expected) => {
    expect(mapLocation(value, at('http://up.example/'), '/legacy')).toBe(expected)
  })

  test.each([
    'https://up.example/users',
    'http://up.example:8080/users',
    'http://up.example.evil/users',
    'http://evil.up.example/users',
    'http://user@up.example/users',
    'http://up.example@evil.example/users',
    'http://up.example /users',
    'http://up.example\\@evil.example/users',
    'ftp://up.example/users',
    'foo://up.example/users',
    '//evil.example/users',
    '///up.example/users',
    '/\\evil.example',
    '/\t/evil.example',
    'users',
    './users',
    '../users',
    '?page=2',
    '#top',
    '',
    'mailto:a@up.example',
    'http:/users',
    'http:users',
    'http://',
    'http://[::1/users',
    'http://up.example:99999/users',
    '/a/..%2f..%2fb',
    '/a/..;/b',
  ])('%j stays', (value) => {
    expect(mapLocation(value, at('http://up.example/'), '/legacy')).toBe(value)
  })
})

test.each([
  ['/app', '/legacy'],
  ['/app/', '/legacy/'],
  ['/app?x', '/legacy?x'],
  ['/app/users', '/legacy/users'],
  ['https://up.example:8443/app/users', '/legacy/users'],
  ['//up.example:8443/app', '/legacy'],
  ['/app/../admin', '/app/../admin'],
  ['/app/x/../users', '/legacy/users'],
  ['/apple', '/apple'],
  ['/', '/'],
  ['/APP/users', '/APP/users'],
  ['https://up.example:8443/', 'https://up.example:8443/'],
  ['https://up.example/app', 'https://up.example/app'],
])('below a base path, %s is %s', (value, expected) => {
  expect(mapLocation(value, at('https://up.example:8443/app/'), '/legacy')).toBe(expected)
})

test.each([
  ['http://[::1]:8080/x', '/legacy/x'],
  ['http://[0:0:0:0:0:0:0:1]:8080/x', '/legacy/x'],
  ['http://[::2]:8080/x', 'http://[::2]:8080/x'],
])('of an IPv6 address, %s is %s', (value, expected) => {
  expect(mapLocation(value, at('http://[::1]:8080'), '/legacy')).toBe(expected)
})

test.each([
  ['http://one.example/x', '/legacy/x'],
  ['http://two.example/v2/x', '/legacy/x'],
  ['http://one.example/v2/x', '/legacy/v2/x'],
  ['http://two.example/x', 'http://two.example/x'],
  ['/v2/x', '/legacy/x'],
  ['/v3/x', '/legacy/v3/x'],
])('of several instances each has its own path: %s is %s', (value, expected) => {
  expect(mapLocation(value, at('http://one.example', 'http://two.example/v2'), '/legacy')).toBe(expected)
})

test('a service that DNS names is asked, and calls itself, by its host', () => {
  expect(mapLocation('http://shop.test/a', at('http://_http._tcp.shop.test/'), '/legacy')).toBe('/legacy/a')
})

describe('what a route that puts /other before each path cannot ask', () => {
  test.each([
    ['/app/other', '/pub'],
    ['/app/other/', '/pub/'],
    ['/app/other/login?a#b', '/pub/login?a#b'],
    ['http://up.example/app/other/login', '/pub/login'],
    ['/app/x/../other/login', '/pub/login'],
  ])('%s is not that: it is %s', (value, expected) => {
    expect(mapLocation(value, within('/other', 'http://up.example/app'), '/pub')).toBe(expected)
  })

  test.each(['/app', '/app/login', '/app/others', '/other', '/other/login', '/', 'http://up.example/app/login'])(
    '%s stays',
    (value) => expect(mapLocation(value, within('/other', 'http://up.example/app'), '/pub')).toBe(value),
  )
})

test.each(['/evil.example', '\\evil.example'])('a mount path that a client writes as /%s is nobody’s host', (evil) => {
  expect(mapLocation('/login', at('http://up.example'), `/${evil}`)).toBe('/login')
})

describe('behind a route for everything', () => {
  test.each([
    ['http://up.example/', '/'],
    ['http://up.example', '/'],
    ['/users', '/users'],
    // It would be another server's.
    ['http://up.example//evil.example/', 'http://up.example//evil.example/'],
    ['http://up.example/.//evil.example/', 'http://up.example/.//evil.example/'],
  ])('%s is %s', (value, expected) => {
    expect(mapLocation(value, at('http://up.example/'), '')).toBe(expected)
  })
})

describe('whatever a backend says', () => {
  const bases = fc.constantFrom('', '/app', '/app/v2')
  const piece = fc.constantFrom(
    ...['/', '//', '\\', '@', ':', '.', '..', '%2e', '%2f', ';', '?', '#', '\t', ' ', '[', ']', 'http:', 'https:'],
    ...['up.example', 'evil.example', 'app', 'v2', 'a', '80', '443', 'UP.EXAMPLE', 'javascript:', '\xe9', '%'],
  )
  const values = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(''))
  const starts = fc.constantFrom('', '/', 'http://up.example', '//up.example', 'http://up.example/app', '/app')

  test('it stays as it is, or becomes a path of the server that was asked, behind the route', () => {
    let mappedOnes = 0
    fc.assert(
      fc.property(bases, fc.constantFrom('', '/legacy', '/m/legacy'), starts, values, (base, prefix, start, rest) => {
        const value = start + rest
        const mapped = mapLocation(value, at(`http://up.example${base}`), prefix)
        if (mapped === value) return
        mappedOnes++
        const seen = new URL(mapped, 'https://facet.example/x/y')
        expect(seen.origin).toBe('https://facet.example')
        expect(seen.pathname === prefix || seen.pathname.startsWith(`${prefix}/`)).toBe(true)
        // It was the backend's before.
        const before = new URL(value, `http://up.example${base}/z`)
        expect(before.origin).toBe('http://up.example')
        expect(before.pathname.startsWith(base)).toBe(true)
        expect([seen.search, seen.hash]).toEqual([before.search, before.hash])
      }),
      { numRuns: 5_000 },
    )
    expect(mappedOnes).toBeGreaterThan(100)
  })
})

test.each([
  ['/legacy/a/b', '/legacy/a/b', 1, '/legacy'],
  ['/legacy', '/legacy', 1, '/legacy'],
  ['/legacy/', '/legacy/', 1, '/legacy'],
  ['/legacy//a', '/legacy//a', 1, '/legacy'],
  ['/a/b/c/d', '/a/b/c/d', 2, '/a/b'],
  ['/a/b', '/a/b', 2, '/a/b'],
  ['/m/legacy/a', '/legacy/a', 1, '/m/legacy'],
  ['/m/legacy', '/legacy', 1, '/m/legacy'],
  ['/m', '/', 0, '/m'],
  ['/m/', '/', 0, '/m'],
  ['/m/x', '/x', 0, '/m'],
  ['/x/y', '/x/y', 0, ''],
  ['/', '/', 0, ''],
])('of %s, which is %s to its client, %i segments of the route are behind %j', (whole, path, depth, prefix) => {
  expect(prefixOf(whole, path, depth)).toBe(prefix)
})
