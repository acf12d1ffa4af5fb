import { expect, test } from '@jest/globals'
import { env } from '../../../../src/config.ts'
import { failureOf } from '../../support/failure.ts'
import { bench, type Way } from './bench.ts'
import { listener } from './servers.ts'

const ID = 'x-request-id: request-1'

/** What a backend is sent. */
export function requests(way: Way): void {
  const { said, serve, ask, open, failing } = bench(way)

  test.each([
    ['', '/', '/'],
    ['', '', '/'],
    ['/', '/a', '/a'],
    ['/base', '/a', '/base/a'],
    ['/base/', '/a/', '/base/a/'],
    ['/base/', '', '/base/'],
    ['/base', '?a=1', '/base?a=1'],
    ['', '//a', '//a'],
    ['', '/http://other.test/', '/http://other.test/'],
    ['', '/gr%C3%BC%C3%9Fe/a%2Fb/?%C3%A4=%26&a=1&a=2&b=+', '/gr%C3%BC%C3%9Fe/a%2Fb/?%C3%A4=%26&a=1&a=2&b=+'],
    ['', "/a!*()~-._:@,;=$&'?q=a!*()~:/?@,;=$", "/a!*()~-._:@,;=$&'?q=a!*()~:/?@,;=$"],
  ])('to %j with the path %j is for %j', async (base, path, expected) => {
    const { url, heard } = await serve(listener())
    await ask(url + base, { path })
    expect(heard).toEqual([{ method: 'GET', url: expected, headers: [ID], body: '' }])
  })

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    '%s without a body says nothing of a body’s type',
    async (method) => {
      const { url, heard } = await serve(listener())
      await ask(url, { method })
      expect(heard[0]).toMatchObject({ method, body: '' })
      expect(heard[0]?.headers.filter((field) => field !== 'content-length: 0')).toEqual([ID])
    },
  )

  test.each<[string, string | Buffer, string]>([
    ['text', '{"a": "grün"}\n', '{"a": "grün"}\n'],
    ['text that JSON would write otherwise', ' [1.0,\t"\\u0041"] ', ' [1.0,\t"\\u0041"] '],
    ['empty text', '', ''],
    ['bytes', Buffer.from('<a>\u{1f600}</a>'), '<a>\u{1f600}</a>'],
    ['much', 'ä'.repeat(1_000_000), 'ä'.repeat(1_000_000)],
  ])('has its body, %s', async (_, body, expected) => {
    const { url, heard } = await serve(listener())
    await ask(url, { method: 'POST', headers: ['content-type', 'application/json'], body })
    const length = `content-length: ${Buffer.byteLength(expected)}`
    expect(heard[0]?.headers).toEqual([length, 'content-type: application/json', ID])
    expect(heard[0]?.body === expected).toBe(true)
  })

  test('of GET may have a body', async () => {
    const { url, heard } = await serve(listener())
    await ask(url, { headers: ['content-type', 'a/b'], body: 'said' })
    expect(heard[0]).toMatchObject({ method: 'GET', body: 'said' })
  })

  test('has the call’s headers, the backend’s, those that are sent on, and the id', async () => {
    const { url, heard } = await serve(listener())
    const header = (name: string) => ({ 'accept-language': 'de', 'x-bad': 'a\nb' })[name]
    said({ caller: { requestId: 'request-2', header } })
    await ask(url, {
      headers: ['accept', 'a/b', 'X-Own', 'caf\xe9', 'if-none-match', '"a", "b"'],
      options: {
        headers: { authorization: env('TOKEN'), 'X-Tenant': 'acme' },
        forward: ['Accept-Language', 'x-bad', 'x-absent'],
      },
    })
    expect(heard[0]?.headers).toEqual([
      ...['accept-language: de', 'accept: a/b', 'authorization: from-environment', 'if-none-match: "a", "b"'],
      ...['x-own: caf\xe9', 'x-request-id: request-2', 'x-tenant: acme'],
    ])
  })

  test('has both values of a header that is said twice', async () => {
    const { url, heard } = await serve(listener())
    await ask(url, { headers: ['X-Tenant', 'a', 'x-tenant', 'b'], options: { headers: { 'x-TENANT': 'c' } } })
    expect(heard[0]?.headers).toEqual([ID, 'x-tenant: a', 'x-tenant: b', 'x-tenant: c'])
  })

  test('that others may share does not say the id that a client has chosen', async () => {
    const { url, heard } = await serve(listener())
    said({ isShared: true, caller: { requestId: 'chosen', isIdGiven: true, header: () => undefined } })
    await ask(url)
    expect(heard[0]?.headers).toEqual([])
  })

  test.each([
    ['a line break in a value', ['x-a', 'b\r\nx-injected: c']],
    ['a character that no header carries', ['x-a', 'δ']],
    ['NUL', ['x-a', 'a\0b']],
    ['a name that is none', ['x a', 'b']],
  ])('that cannot be sent is a mistake here, and nothing is sent: %s', async (_, headers) => {
    const { url, connections } = await serve(listener())
    expect(await failing(url, { headers })).toBe('internal')
    expect(connections.made).toBe(0)
  })

  test('is not possible with a value of the environment that no header can carry', async () => {
    const failure = failureOf(() => open('http://127.0.0.1:9', { headers: { 'x-token': env('BROKEN') } }))
    expect(failure.code).toBe('internal')
    expect(failure.message).toMatch(/^backend 'backend\d+': a header's value cannot be sent$/)
  })
}
