import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endpoint, proxy, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { expectProblem } from '../support/problems.ts'
import { head, say } from '../support/wire.ts'

let backend: ScriptedBackend
let facet: Harness
beforeAll(async () => {
  backend = await scriptedBackend()
  const api = rest('api', { url: `${backend.url}/v1` })
  const output = z.unknown()
  const item = api.get('/items/:id/detail', { output })
  const rest1 = api.get('/files/:a/:b', { output })
  facet = await harness({
    routes: {
      item: endpoint('GET /items/:id').source('item', item, ({ params }) => ({ id: params.id })),
      query: endpoint('GET /by-query', { query: z.object({ id: z.string() }) }).source('item', item, ({ query }) => ({
        id: query.id,
      })),
      files: endpoint('GET /files/*path').source('file', rest1, ({ params: { path } }) => ({
        a: path[0] ?? '',
        b: path[1] ?? '',
      })),
      proxied: proxy('ANY /proxied/*path', api),
    },
  })
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

/** What arrives at the backend for a target that no HTTP client would send. */
async function arrived(target: string): Promise<string | number> {
  const before = backend.requests.length
  const reply = await say(facet.url, head(target))
  const urls = backend.requests.slice(before).map(({ url }) => url)
  expect(urls.length).toBeLessThan(2)
  if (urls.length === 0)
    expectProblem(reply, reply.status === 404 ? 'route-unknown' : 'input-invalid', sourceOf(reply.text))
  return urls[0] ?? reply.status
}
const sourceOf = (text: string) => (JSON.parse(text) as { source?: string }).source

describe('a segment of a path, as a part of the path of a call,', () => {
  test.each([
    // Dot segments, in every way of writing them.
    ...['..', '.', '%2e%2e', '%2E%2e', '.%2e', '%2e', '..%2f..%2fadmin', 'a%2f..%2fb', '%2e%2e%2fadmin', 'a%2F..'],
    ...['..%5c..', 'a\\..\\b', '..\\admin', '%2e%2e%5cadmin', '..;', '..;x', '..%3b', 'a%2f..;%2fb'],
    // What ends a line or a string elsewhere.
    ...['%00', 'a%00.json', '%0d%0aX-Evil:%201', 'a%0ab', 'a%0db', '%09', '%7f', '%1b[31m'],
    // Overlong and otherwise malformed UTF-8, and escapes that are none.
    ...['%c0%ae%c0%ae', '%c0%af', '%e0%80%ae', '%f0%80%80%ae', '%ed%a0%80', '%ff', '%u002e', '%', '%2', '%zz'],
  ])('%s gets nowhere', async (segment) => {
    expect(await arrived(`/items/${segment}`)).toBe(400)
  })

  test.each([
    ['a%2fb', 'a%2Fb'],
    ['%2f', '%2F'],
    ['%5c', '%5C'],
    ['%252e%252e', '%252e%252e'],
    ['%252e%252e%252fadmin', '%252e%252e%252fadmin'],
    ['%25252f', '%25252f'],
    ['%2500', '%2500'],
    ['a;b=c', 'a%3Bb%3Dc'],
    ['a%3fb', 'a%3Fb'],
    ['a%23b', 'a%23b'],
    ['a%26b=c', 'a%26b%3Dc'],
    ['...', '...'],
    ['..a', '..a'],
    ['a..', 'a..'],
    ['@evil.test', '%40evil.test'],
    ['http:%2f%2fevil.test%2f', 'http%3A%2F%2Fevil.test%2F'],
    ['%EF%BC%8F', '%EF%BC%8F'],
    ['%E2%80%AE', '%E2%80%AE'],
    ['a+b', 'a%2Bb'],
    ['Zo%C3%AB', 'Zo%C3%AB'],
  ])('%s stays one segment: %s', async (segment, expected) => {
    expect(await arrived(`/items/${segment}`)).toBe(`/v1/items/${expected}/detail`)
  })

  test.each([
    ['/items/', 404],
    ['/items//', 404],
    ['/items/a/b', 404],
    ['/items/a/', '/v1/items/a/detail'],
    ['/items/../items/a', 400],
    ['/items/a?id=b', '/v1/items/a/detail'],
    ['/items/a#b', '/v1/items/a%23b/detail'],
  ])('%s is nothing else: %s', async (target, expected) => {
    expect(await arrived(target)).toBe(expected)
  })
})

describe('a value from elsewhere, as a part of the path of a call,', () => {
  test.each(['..', '.', '', 'a/../b', '../../admin', '..\\admin', 'a\0', 'a\r\nX: 1', '..;', '/..'])(
    '%j gets nowhere',
    async (value) => {
      expect(await arrived(`/by-query?id=${encodeURIComponent(value)}`)).toBe(400)
    },
  )

  test.each(['a/b', '%2e%2e', '%00', '?x=1', '#x', '//evil.test', 'Łódź'])('%j stays one segment', async (value) => {
    expect(await arrived(`/by-query?id=${encodeURIComponent(value)}`)).toBe(
      `/v1/items/${encodeURIComponent(value)}/detail`,
    )
  })
})

describe('the rest of a path, a segment at a time,', () => {
  test.each([
    ['a/b', '/v1/files/a/b'],
    ['a%2fb/c', '/v1/files/a%2Fb/c'],
    ['a/..', 400],
    ['a/%2e%2e', 400],
    ['..%2fa/b', 400],
    ['a/%00', 400],
    ['a//b', 400],
    ['a', 400],
  ])('%s becomes %s', async (rest, expected) => {
    expect(await arrived(`/files/${rest}`)).toBe(expected)
  })
})

describe('what is passed through', () => {
  test.each([
    ...[
      '..',
      '.',
      'a/../b',
      '%2e%2e/b',
      'a/%2e%2e/b',
      '%2E%2e',
      'a%2f..%2fb',
      '..%5cb',
      'a\\..\\b',
      '..;/b',
      'a/..;x/b',
    ],
    ...['%00', 'a%0d%0aX-Evil:%201', 'a/%0a', '%c0%ae%c0%ae/b', '%c0%af', '%ff', '%', '%zz', '.%09./b', '..%3b/b'],
    ...[
      '%2',
      'a%u002e',
      '%1b',
      '%7f',
      'a/..%3Bx',
      '%e0%80%af',
      '%E0%80%AE',
      '%f0%80%80%af',
      '%f8%80%80%80%af',
      '%C1%9C',
    ],
    ...['%fc%80%80%80%80%af', 'a#b', 'a?#', 'a?b=c#d'],
  ])('as %s gets nowhere', async (path) => {
    expect(await arrived(`/proxied/${path}`)).toBe(400)
  })

  test.each([
    'a%2fb',
    'a%2Fb%3f',
    '%252e%252e/b',
    'a;b/c',
    'a//b',
    '/evil.test/b',
    '//evil.test',
    'http://evil.test/b',
    '@evil.test/b',
    ':80@evil.test',
    'a\\b',
    '.hidden',
    '...',
    'a?b=../../c&d=%00%0d%0a',
    // No UTF-8, but what Latin-1 and others are made of.
    'caf%E9',
    'M%fcller/%80',
    '%A4%CE.txt',
    '%c0',
    '%ed%a0%80',
  ])('as %s arrives as it came, where it was meant to', async (path) => {
    expect(await arrived(`/proxied/${path}`)).toBe(`/v1/${path}`)
    expect(backend.requests.at(-1)?.headers.host).toBe(new URL(backend.url).host)
  })
})
