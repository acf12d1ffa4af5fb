import { describe, expect, test } from '@jest/globals'
import { env, proxy, rest } from 'facet'
import { harness } from 'facet/testing'
import { DefinitionError } from '../../../src/errors.ts'

const crm = rest('crm', { url: 'http://127.0.0.1:9' })
const ROUTE = 'ANY /crm/*path'
const said = (options: unknown) => () => proxy(ROUTE, crm, options as never)
const request = (fields: unknown) => ({ headers: { request: fields } })

describe('the heads of a proxied route', () => {
  test('are those of its backend if nothing is said', () => {
    const { heads } = proxy(ROUTE, crm)
    expect(heads).toMatchObject({ keepsHost: false, location: true, cookies: { paths: [] } })
    expect(heads.request).toEqual({ allowed: undefined, denied: new Set(), set: [] })
  })

  test('are settled by the names in lower case, and what is most exact first', () => {
    const make = () => 'x'
    const { heads } = proxy(ROUTE, crm, {
      host: 'keep',
      location: false,
      cookies: { domain: { '.Old.example': 'new.example' }, path: { '/a': '/', '/a/b/': '/c/' } },
      headers: { request: { allow: ['X-A'], deny: ['X-B'], set: { 'X-C': make } }, response: { deny: ['X-D'] } },
    })
    expect([heads.keepsHost, heads.location]).toEqual([true, false])
    expect([...(heads.cookies?.domains ?? [])]).toEqual([['old.example', 'new.example']])
    expect(heads.cookies?.paths).toEqual([
      ['/a/b', '/c'],
      ['/a', ''],
    ])
    expect([heads.request.allowed?.has('x-a'), heads.request.denied]).toEqual([true, new Set(['x-b'])])
    expect(heads.request.set).toEqual([['x-c', make]])
    expect(heads.response.denied).toEqual(new Set(['x-d']))
    expect(proxy(ROUTE, crm, { cookies: false }).heads.cookies).toBeUndefined()
  })

  test.each(
    [
      ['connection', 'Content-Length', 'host', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'expect', 'keep-alive'],
      ['via', 'X-Request-Id', 'max-forwards', 'proxy-authorization', 'a b', '', 'x:', 'ä', 'a\r\nb'],
    ].flat(),
  )('cannot decide about %j', (name) => {
    for (const side of ['request', 'response']) {
      for (const fields of [{ allow: [name] }, { deny: [name] }, { set: { [name]: 'x' } }]) {
        const wrong = said({ headers: { [side]: fields } })
        expect(wrong).toThrow(DefinitionError)
        expect(wrong).toThrow(`proxy '${ROUTE}' at 'headers.${side}.${Object.keys(fields)[0]}`)
      }
    }
  })

  test.each<[string, unknown, string]>([
    ['a host that is none', { host: 'other.example' }, "at 'host' ('other.example'): 'keep' was expected"],
    ['a location that is none', { location: 'yes' }, "at 'location' ('yes'): "],
    ['cookies that are none', { cookies: 1 }, "at 'cookies' (1): true, false or tables"],
    ['a location in a word', { location: 1 }, "at 'location' (1): true or false was expected"],
    ['headers in a word', { headers: 'x-a' }, "at 'headers' ('x-a'): { request, response } was expected"],
    ['one side in a word', request('x-a'), "at 'headers.request' ('x-a'): { allow, deny, set } was expected"],
    [
      'one name',
      request({ deny: 'x-a' }),
      "at 'headers.request.deny' ('x-a'): a list of names of headers was expected",
    ],
    [
      'a host among the headers',
      request({ set: { host: 'b' } }),
      "at 'headers.request.set.host' ('b'): the key 'host' is wrong: the name of a header that a route may decide",
    ],
    [
      'a domain that is none',
      { cookies: { domain: { 'a b': 'c' } } },
      "at 'cookies.domain.a b' ('c'): the key 'a b' is wrong: the name of a host was expected",
    ],
    ['a path that is none', { cookies: { path: { '/a': 'b' } } }, "at 'cookies.path./a' ('b'): a path that starts"],
    ['no such option', { headers: { both: {} } }, "at 'headers.both' ([object Object]): there is no such option"],
    [
      'a value with a line break',
      request({ set: { 'x-a': 'a\r\nb' } }),
      "at 'headers.request.set.x-a' ('a\r\nb'): a header value",
    ],
    ['a value that is none', request({ set: { 'x-a': 1 } }), "at 'headers.request.set.x-a' (1): a header value"],
    [
      'a name that is allowed and denied',
      request({ allow: ['X-A'], deny: ['x-a'] }),
      "at 'headers.request.deny': 'x-a' is allowed as well",
    ],
    [
      'a name that stands there twice',
      request({ deny: ['X-A', 'x-a'] }),
      "at 'headers.request.deny': 'x-a' stands there twice",
    ],
    [
      'a value that is said twice',
      request({ set: { 'X-A': '1', 'x-a': '2' } }),
      "at 'headers.request.set': 'x-a' stands there twice",
    ],
  ])('with %s are refused, with the option and its value', (_, options, message) => {
    expect(said(options)).toThrow(DefinitionError)
    expect(said(options)).toThrow(`proxy '${ROUTE}' ${message}`)
  })

  test.each([
    { domain: { 'a b': 'c.example' } },
    { domain: { 'a.example': 'c.example; Path=/' } },
    { path: { app: '/' } },
    { path: { '/app': '/a;b' } },
    { path: { '/app': '/a\r\nb' } },
    { paths: {} },
  ])('cannot have cookies of %j', (cookies) => {
    expect(said({ cookies })).toThrow(`proxy '${ROUTE}' at 'cookies`)
  })
})

describe('when the app starts', () => {
  const start = (url: string, options: object, environment: Record<string, string> = {}) =>
    harness({ routes: { it: proxy(ROUTE, rest('crm', { url }), options) }, environment })
  const secret = request({ set: { 'x-a': env('A_SECRET') } })

  test.each([
    ['a variable that is not set', 'http://127.0.0.1:9', secret, {}, 'A_SECRET is not set'],
    [
      'a variable that cannot be sent',
      'http://127.0.0.1:9',
      secret,
      { A_SECRET: 'a\nb' },
      "has characters that no header can carry: expected what proxy 'ANY /crm/*path' says at 'headers.request.set.x-a'",
    ],
    [
      'a host that cannot be kept',
      'https://127.0.0.1:9',
      { host: 'keep' },
      {},
      "at 'host' ('keep'): an https backend needs a name",
    ],
  ])('%s is told', async (_, url, options, environment, message) => {
    await expect(start(url, options, environment as Record<string, string>)).rejects.toThrow(message)
  })

  test('a host is kept for an https backend with a name', async () => {
    await (await start('https://localhost:9', { host: 'keep' })).close()
  })
})
