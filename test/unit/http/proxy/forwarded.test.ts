import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { RequestContext } from '../../../../src/http/context.ts'
import { wayOf } from '../../../../src/http/proxy/forwarded.ts'
import { addressOfNode, readForwarded } from '../../../../src/http/proxy/forwarded-field.ts'
import { hasPassed, withMember } from '../../../../src/http/proxy/via.ts'
import { headersIn, USUAL_HEADERS } from '../../../../src/lib/trusted-proxies.ts'

const ALL = 'x-forwarded-for,x-forwarded-proto,x-forwarded-host,x-forwarded-port'

/** What a backend is told of a request, as far as the way is concerned. */
function told(headers: Record<string, string>, count: number, peer = '192.0.2.1', encrypted = false, names = ALL) {
  const context = {
    request: { socket: { remoteAddress: peer, encrypted } },
    header: (name: string) => ({ host: 'facet.example', ...headers })[name],
  } as unknown as RequestContext
  const way = wayOf(context, { count, headers: headersIn(names) })
  const raw = [...way.asked, ...way.asker]
  const fields = Object.fromEntries(raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1]]] : [])))
  return [
    fields['x-forwarded-for'],
    `${fields['x-forwarded-proto']}://${fields['x-forwarded-host']} ${fields['x-forwarded-port']}`,
    fields.forwarded,
  ]
}

const OWN = 'http://facet.example 80'

describe('without proxies that are believed, a client', () => {
  test.each([
    ['x-forwarded-for', '203.0.113.9'],
    ['x-forwarded-host', 'evil.example'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded-port', '8443'],
    ['forwarded', 'for=203.0.113.9;host=evil.example;proto=https'],
    ['x-real-ip', '203.0.113.9'],
  ])('that says %s: %s is who it is', (name, value) => {
    expect(told({ [name]: value }, 0)).toEqual(['192.0.2.1', OWN, 'for=192.0.2.1;host=facet.example;proto=http'])
  })

  test.each([
    ['::ffff:192.0.2.7', '192.0.2.7', 'for=192.0.2.7'],
    ['2001:db8::7', '2001:db8::7', 'for="[2001:db8::7]"'],
    ['::1', '::1', 'for="[::1]"'],
    ['fe80::1%eth0', 'fe80::1', 'for="[fe80::1]"'],
    ['::ffff:c000:207', '::ffff:c000:207', 'for="[::ffff:c000:207]"'],
    ['', '', 'for=unknown'],
  ])('at %j is %j, and %s', (peer, address, member) => {
    expect(told({}, 0, peer)).toEqual([address, OWN, `${member};host=facet.example;proto=http`])
  })

  test.each([
    [{}, false, OWN],
    [{}, true, 'https://facet.example 443'],
    [{ host: 'facet.example:8080' }, false, 'http://facet.example:8080 8080'],
    [{ host: '[::1]:8080' }, true, 'https://[::1]:8080 8080'],
    [{ host: '[::1]' }, false, 'http://[::1] 80'],
  ])('that asks %j, encrypted: %s, has asked %s', (headers, encrypted, expected) => {
    expect(told(headers as Record<string, string>, 0, '192.0.2.1', encrypted)[1]).toBe(expected)
  })
})

describe('of proxies that are believed', () => {
  test.each([
    // One, that has added its client behind whatever that has said.
    [1, '203.0.113.9', '203.0.113.9, 192.0.2.1'],
    [1, 'spoofed, 203.0.113.9', '203.0.113.9, 192.0.2.1'],
    [1, ' , 203.0.113.9 ,, ', '203.0.113.9, 192.0.2.1'],
    [1, '', '192.0.2.1'],
    // Two: the second one was asked by the first.
    [2, '203.0.113.9, 198.51.100.1', '203.0.113.9, 198.51.100.1, 192.0.2.1'],
    [2, 'spoofed, 203.0.113.9, 198.51.100.1', '203.0.113.9, 198.51.100.1, 192.0.2.1'],
    [2, '203.0.113.9', '203.0.113.9, 192.0.2.1'],
    [1, '2001:db8::9', '2001:db8::9, 192.0.2.1'],
  ])('%i: X-Forwarded-For: %j is %j', (trusted, value, expected) => {
    expect(told({ 'x-forwarded-for': value }, trusted)[0]).toBe(expected)
  })

  test.each([
    [1, { 'x-forwarded-host': 'shop.example' }, 'http://shop.example 80'],
    [1, { 'x-forwarded-host': 'evil.example, shop.example' }, 'http://shop.example 80'],
    [2, { 'x-forwarded-host': 'evil.example, shop.example, inner.example' }, 'http://shop.example 80'],
    [1, { 'x-forwarded-host': 'shop.example:8443', 'x-forwarded-proto': 'https' }, 'https://shop.example:8443 8443'],
    // What is no host is passed over, and what else is said is not.
    [1, { 'x-forwarded-host': 'a b', 'x-forwarded-proto': 'https' }, 'https://facet.example 443'],
    [2, { 'x-forwarded-host': 'user@evil.example, inner.example' }, OWN],
    [1, { 'x-forwarded-host': '[::1', forwarded: 'for=9.9.9.9;host=evil.example' }, OWN],
    [1, { 'x-forwarded-proto': 'https' }, 'https://facet.example 443'],
    [1, { 'x-forwarded-proto': 'HTTPS' }, 'https://facet.example 443'],
    [1, { 'x-forwarded-proto': 'wss' }, 'https://facet.example 443'],
    [1, { 'x-forwarded-proto': 'http, https' }, 'https://facet.example 443'],
    [1, { 'x-forwarded-proto': 'javascript' }, OWN],
    [1, { 'x-forwarded-port': '8443' }, 'http://facet.example 8443'],
    [1, { 'x-forwarded-port': '84"43' }, OWN],
  ])('%i: %j has asked %s', (trusted, headers, expected) => {
    expect(told(headers as Record<string, string>, trusted)[1]).toBe(expected)
  })

  test.each([
    [1, 'for=203.0.113.9', '203.0.113.9, 192.0.2.1', OWN],
    [1, 'for=spoofed, for=203.0.113.9', '203.0.113.9, 192.0.2.1', OWN],
    [1, 'For="[2001:db8::9]:4711";Proto=https;Host=shop.example', '2001:db8::9, 192.0.2.1', 'https://shop.example 443'],
    [
      1,
      'for=203.0.113.9;host="shop.example:8443";proto=https',
      '203.0.113.9, 192.0.2.1',
      'https://shop.example:8443 8443',
    ],
    [
      1,
      'for=1.2.3.4;host=evil.example, for=203.0.113.9;host=shop.example',
      '203.0.113.9, 192.0.2.1',
      'http://shop.example 80',
    ],
    [
      2,
      'for=1.2.3.4;host=evil.example, for=203.0.113.9;host=a.example, for=198.51.100.1;host=b.example',
      '203.0.113.9, 198.51.100.1, 192.0.2.1',
      'http://a.example 80',
    ],
    [1, 'for=203.0.113.9;host="a/b"', '203.0.113.9, 192.0.2.1', OWN],
    [1, 'for=203.0.113.9;host=""', '203.0.113.9, 192.0.2.1', OWN],
    [1, 'for=unknown', 'unknown, 192.0.2.1', OWN],
    [1, 'for=_hidden;proto=https', 'unknown, 192.0.2.1', 'https://facet.example 443'],
    [1, 'proto=https', 'unknown, 192.0.2.1', 'https://facet.example 443'],
    // A client that leaves a string open cannot swallow what the proxy has said, and is not believed either.
    [1, 'for="spoofed, for=203.0.113.9', '192.0.2.1', OWN],
    [1, 'for="spoofed, for="[2001:db8::9]"', '192.0.2.1', OWN],
    [1, 'for=a;for=b', '192.0.2.1', OWN],
    [1, 'nonsense', '192.0.2.1', OWN],
    [1, '', '192.0.2.1', OWN],
  ])('%i: Forwarded: %s comes from %s and has asked %s', (trusted, value, addresses, asked) => {
    expect(told({ forwarded: value }, trusted, undefined, false, 'forwarded').slice(0, 2)).toEqual([addresses, asked])
  })

  test.each([
    // It writes the addresses and the scheme: what it does not write is its client's.
    [USUAL_HEADERS, '203.0.113.9, 192.0.2.1', 'https://facet.example 443'],
    ['x-forwarded-for', '203.0.113.9, 192.0.2.1', OWN],
    ['x-forwarded-proto', '192.0.2.1', 'https://facet.example 443'],
    ['x-forwarded-host', '192.0.2.1', 'http://evil.example 80'],
    ['x-forwarded-port', '192.0.2.1', 'http://facet.example 8443'],
    ['forwarded', '9.9.9.9, 192.0.2.1', 'http://other.example 80'],
  ])('only what %s says is believed', (names, addresses, asked) => {
    const headers = {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-port': '8443',
      forwarded: 'for=9.9.9.9;host=other.example',
    }
    expect(told(headers, 1, undefined, false, names).slice(0, 2)).toEqual([addresses, asked])
  })

  test.each([
    ['x-forwarded-for', 'forwarded', 'for=9.9.9.9;host=evil.example;proto=https'],
    ['forwarded', 'x-forwarded-for', '9.9.9.9'],
    ['forwarded', 'x-forwarded-proto', 'https'],
  ])('where %s is missing, %s does not take its place', (names, name, value) => {
    expect(told({ [name]: value }, 1, undefined, false, names).slice(0, 2)).toEqual(['192.0.2.1', OWN])
  })

  test.each(['evil.example/?', 'a@evil.example', 'evil.example\\x', 'a b', 'a#b', 'a"b', '[::1', 'a:b', '', '::1'])(
    'the host %j is none',
    (host) => {
      expect(told({ 'x-forwarded-host': host }, 1)[1]).toBe(OWN)
      const forwarded = `for=1.2.3.4;host="${host.replace(/[\\"]/g, '\\$&')}"`
      expect(told({ forwarded }, 1, undefined, false, 'forwarded')[1]).toBe(OWN)
    },
  )

  test.each([
    'shop.example',
    'shop.example:8443',
    '[::1]',
    '[2001:db8::1]:8443',
    '192.0.2.1:80',
    'a_b',
    '%C3%A4.example',
  ])('the host %j is one', (host) => expect(told({ 'x-forwarded-host': host }, 1)[1]).toContain(`http://${host} `))

  test('what is said of them is written so that it is read again', () => {
    const said = { 'x-forwarded-for': '2001:db8::9, a"b\\c', 'x-forwarded-host': '[::2]:80' }
    const [, , forwarded] = told(said, 2, '::1')
    expect(forwarded).toBe('for="[2001:db8::9]", for="a\\"b\\\\c", for="[::1]";host="[::2]:80";proto=http')
    expect(readForwarded(forwarded ?? '').map((member) => Object.fromEntries(member))).toEqual([
      { for: '[2001:db8::9]' },
      { for: 'a"b\\c' },
      { for: '[::1]', host: '[::2]:80', proto: 'http' },
    ])
  })

  test('whatever a client puts before it, what the last proxy has said is believed, or nothing is', () => {
    const evil = fc.string({ unit: fc.constantFrom(...'for="\\;,=[] \tx1.'), maxLength: 20 })
    fc.assert(
      fc.property(evil, (before) => {
        const [addresses] = told(
          { forwarded: `${before}, for="203.0.113.9:1";host=shop.example` },
          ...([1, undefined, false, 'forwarded'] as const),
        )
        expect(['203.0.113.9, 192.0.2.1', '192.0.2.1']).toContain(addresses)
      }),
      { numRuns: 3_000 },
    )
  })
})

test.each([
  ['192.0.2.60', '192.0.2.60'],
  ['192.0.2.60:4711', '192.0.2.60'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:_port', '2001:db8::1'],
  ['2001:db8::1', undefined],
  ['unknown', undefined],
  ['_hidden', undefined],
  ['192.0.2.60 evil', undefined],
  [undefined, undefined],
])('the node %j is at %j', (node, address) => {
  expect(addressOfNode(node)).toBe(address)
})

describe('Via', () => {
  test.each([
    ['', false],
    ['1.1 facet', true],
    ['1.1 a, 1.0 facet', true],
    ['HTTP/1.1 \t facet (Facet/1)', true],
    ['1.1 facet-2', false],
    ['1.1 afacet', false],
    ['1.1 a (facet)', false],
    ['facet', false],
  ])('%j has passed here: %s', (via, expected) => {
    expect(hasPassed(via, 'facet')).toBe(expected)
  })

  test.each([
    [undefined, '1.1', '1.1 facet'],
    ['', '1.0', '1.0 facet'],
    ['1.0 a, 1.1 b', '1.1', '1.0 a, 1.1 b, 1.1 facet'],
  ])('%j of a message of HTTP/%s becomes %j', (via, version, expected) => {
    expect(withMember(via, version, 'facet')).toBe(expected)
  })
})
