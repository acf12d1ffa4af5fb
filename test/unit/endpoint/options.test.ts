import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { endpoint } from '../../../src/endpoint/endpoint.ts'
import { DefinitionError } from '../../../src/errors.ts'

/** Says what the types would not let anybody say. */
const said = (route: unknown, options?: unknown) => () => endpoint(route as 'GET /x', options as never)
const body = z.object({ a: z.string() })
const ttl = { ttl: '1s' }

describe('an endpoint’s options', () => {
  test('have defaults', () => {
    expect(endpoint('GET /x').settings).toEqual({
      data: undefined,
      ...{ summary: undefined, query: undefined, body: undefined, headers: undefined, status: 200, deadline: 10_000 },
      ...{ cache: undefined, invalidates: undefined, allow: undefined, isStrict: false, statuses: undefined },
    })
    expect(endpoint('GET /x', { cache: { ttl: '30s' } }).settings.cache).toEqual({
      ...{ ttl: 30_000, stale: 0, staleIfError: 0, negative: 0, jitter: 0, maxBytes: Number.POSITIVE_INFINITY },
      ...{ partial: 0, share: 'user', tags: undefined, control: undefined, bypass: false, compress: true },
    })
  })

  test('are taken as they are said, times in milliseconds', () => {
    const tags = () => ['t']
    const { settings } = endpoint('POST /x', {
      summary: 's',
      body,
      status: 201,
      deadline: '1.5s',
      invalidates: tags,
      auth: 'none',
    })
    expect(settings).toMatchObject({ summary: 's', body, status: 201, deadline: 1_500, invalidates: tags })
    const cache = {
      ttl: '1m',
      stale: '1h',
      staleIfError: '1d',
      negative: '5s',
      partial: '2s',
      jitter: 0.1,
      maxBytes: 1_000,
      share: 'everyone',
      tags,
      control: 'public, max-age=5',
      bypass: true,
      compress: false,
    } as const
    expect(endpoint('GET /x', { cache }).settings.cache).toEqual({
      ...cache,
      ...{ ttl: 60_000, stale: 3_600_000, staleIfError: 86_400_000, negative: 5_000, partial: 2_000 },
    })
    expect(Object.isFrozen(settings)).toBe(true)
  })

  test.each([
    ['public, max-age=5', true],
    ['public, No-Transform, max-age=5', false],
    ['public, x="no-transform"', true],
  ])('say that replies are compressed, unless %s forbids it', (control, compress) => {
    expect(endpoint('GET /x', { cache: { ttl: '1s', control } }).settings.cache).toMatchObject({ compress })
  })

  test.each<[string, unknown, string]>([
    ['no such option', { chache: ttl }, "at 'chache' ([object Object]): there is no such option"],
    ['no such option, by name and value', { timeout: '2s' }, "at 'timeout' ('2s'): there is no such option"],
    [
      'no such option of the cache',
      { cache: { ttl: '1s', tll: '2s' } },
      "at 'cache.tll' ('2s'): there is no such option",
    ],
    ['a status that is no success', { status: 404 }, "at 'status' (404): "],
    ['a status as text', { status: '201' }, "at 'status' ('201'): "],
    ['a status that is none', { status: 200.5 }, "at 'status' (200.5): "],
    [
      'a deadline without a unit',
      { deadline: '5' },
      "at 'deadline' ('5'): a duration such as 300ms, 30s, 5m, 2h was expected",
    ],
    ['a deadline as a number', { deadline: 5 }, "at 'deadline' (5): "],
    ['a negative deadline', { deadline: '-5s' }, "at 'deadline' ('-5s'): a duration such as"],
    ['a cache without a ttl', { cache: {} }, "at 'cache.ttl' (undefined): "],
    ['a ttl that is none', { cache: { ttl: 'long' } }, "at 'cache.ttl' ('long'): a duration such as"],
    ['a stale that is none', { cache: { ttl: '1s', stale: '?' } }, "at 'cache.stale' ('?'): a duration such as"],
    ['a share that is none', { cache: { ttl: '1s', share: 'all' } }, "at 'cache.share' ('all'): "],
    [
      'tags that are no function',
      { cache: { ttl: '1s', tags: ['a'] } },
      "at 'cache.tags' (a): a function was expected",
    ],
    [
      'a header that cannot be sent',
      { cache: { ttl: '1s', control: 'a\r\nb' } },
      "at 'cache.control' ('a\r\nb'): a Cache-Control value was expected",
    ],
    ['compress that is no boolean', { cache: { ttl: '1s', compress: 'br' } }, "at 'cache.compress' ('br'): "],
    [
      'compress where nothing may be changed on the way',
      { cache: { ttl: '1s', compress: true, control: 'no-transform' } },
      "at 'cache.compress': its 'control' says no-transform",
    ],
    ['a query that is no schema', { query: { a: 1 } }, "at 'query' ([object Object]): a zod schema was expected"],
    ['a body that is no schema', { body: 'x' }, "at 'body' ('x'): a zod schema was expected"],
    ['headers that are no object', { headers: z.string() }, "at 'headers' ([object Object]): a z.object was expected"],
    [
      'an upper-case header',
      { headers: z.object({ 'X-Tenant': z.string() }) },
      "at 'headers.X-Tenant': header names are written in lower case here",
    ],
    [
      'authentication, which there is not yet',
      { auth: 'user' },
      "at 'auth' ('user'): authentication is not part of this version",
    ],
    ['allow that is no function', { allow: true }, "at 'allow' (true): a function was expected"],
    ['invalidates that is no function', { invalidates: ['a'] }, "at 'invalidates' (a): a function was expected"],
    ['a body on GET', { body }, "at 'body': a GET request has no body"],
    [
      'a cache that invalidates',
      { cache: ttl, invalidates: () => [] },
      "at 'invalidates': a reply from the cache would invalidate nothing",
    ],
    ['null for options', null, ': '],
    ['text for options', 'x', ': '],
  ])('%s: refused, with the option and its value', (_, options, message) => {
    expect(said('GET /x', options)).toThrow(DefinitionError)
    expect(said('GET /x', options)).toThrow(`endpoint 'GET /x'${message.startsWith(':') ? message : ` ${message}`}`)
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ANY'])('a cache on %s is refused', (method) => {
    expect(said(`${method} /x`, { cache: ttl })).toThrow("at 'cache': only replies to GET and HEAD are cached")
  })

  test('a body on HEAD is refused, a cache is not', () => {
    expect(said('HEAD /x', { body })).toThrow("at 'body': a HEAD request has no body")
    expect(said('HEAD /x', { cache: ttl })).not.toThrow()
  })
})

describe('a route', () => {
  test.each(['GET /', 'HEAD /x', 'POST /x', 'PUT /x', 'PATCH /x', 'DELETE /x', 'OPTIONS /x', 'ANY /x', 'ANY /x/*rest'])(
    '%s is taken',
    (route) => {
      expect(said(route)).not.toThrow()
    },
  )

  test.each([
    ['get /x', 'one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, ANY, a blank and a path were expected'],
    ['TRACE /x', 'one of GET'],
    ['CONNECT /x', 'one of GET'],
    ['/x', 'one of GET'],
    ['', 'one of GET'],
    ['GET', "the path '' must start with '/'"],
    ['GET x', "the path 'x' must start with '/'"],
    ['GET  /x', 'one of GET'],
    ['GET /x y', 'one of GET'],
    ['GET /x/', "an empty segment in the path '/x/'"],
    ['GET /x/*', "'*name' must be the whole last segment"],
    ['GET /:id/:id', "the parameter 'id' stands twice"],
  ])('%j is refused, with what was expected', (route, message) => {
    expect(said(route)).toThrow(DefinitionError)
    expect(said(route)).toThrow(`route '${route}': `)
    expect(said(route)).toThrow(message)
  })
})
