import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { client, endpoint } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { expectProblem } from '../support/problems.ts'
import { head, say } from '../support/wire.ts'

let facet: Harness
const asked: unknown[] = []
beforeAll(async () => {
  const who = endpoint('GET /who')
  const nested = endpoint('GET /m/inner')
  const root = endpoint('GET /')
  const clients = [
    client('web', { default: true }),
    client('named'),
    client('byPath'.toLowerCase(), { path: '/m' }),
    client('tablet', { path: '/m/tablet' }),
    client('byhost', { host: 'Partner.Example.test' }),
    client('app', {
      when: {
        headers: ['user-agent', 'x-app'],
        test: ({ headers }) => {
          asked.push(headers)
          return /^Acme\//.test(headers['user-agent'] ?? '')
        },
      },
    }),
    client('second', { when: { headers: ['x-app'], test: ({ headers }) => headers['x-app'] !== undefined } }),
  ]
  facet = await harness({
    routes: { who, nested, root },
    clients,
    transforms: clients.flatMap((one) =>
      [who, nested, root].map((route) => one.transform(route, () => ({ who: one.name }))),
    ),
  })
})
afterAll(() => facet.close())

const who = async (target: string, headers: Record<string, string> = {}) => {
  const reply = await say(facet.url, head(target, headers))
  return reply.status === 200 ? JSON.parse(reply.text).who : reply.status
}

describe('a client is recognised', () => {
  test.each([
    ['by its name', '/who', { 'X-Client': 'named' }, 'named'],
    ['by its name, in any case', '/who', { 'x-CLIENT': 'NAMED' }, 'named'],
    ['by its path', '/m/who', {}, 'bypath'],
    ['by the longer of two paths', '/m/tablet/who', {}, 'tablet'],
    ['by a path alone, which is the root of its own', '/m', {}, 'bypath'],
    ['by a path with a slash at its end', '/m/', {}, 'bypath'],
    ['by its host', '/who', { Host: 'partner.example.test' }, 'byhost'],
    ['by its host, in any case and on any port', '/who', { Host: 'PARTNER.example.TEST:8080' }, 'byhost'],
    ['by what its predicate sees', '/who', { 'User-Agent': 'Acme/2' }, 'app'],
    ["by another one's predicate where the first says no", '/who', { 'X-App': '1' }, 'second'],
    ['as the default one where nothing says which', '/who', {}, 'web'],
    ['as the default one where a host is only similar', '/who', { Host: 'a.partner.example.test' }, 'web'],
  ])('%s', async (_, target, headers, expected) => {
    expect(await who(target, headers)).toBe(expected)
  })

  test.each([
    ['its name before its path', '/m/who', { 'X-Client': 'named' }, 'named'],
    ['its name before its host', '/who', { 'X-Client': 'web', Host: 'partner.example.test' }, 'web'],
    ['its name before a predicate', '/who', { 'X-Client': 'named', 'User-Agent': 'Acme/2' }, 'named'],
    ['its path before its host', '/m/who', { Host: 'partner.example.test' }, 'bypath'],
    ['its path before a predicate', '/m/who', { 'User-Agent': 'Acme/2' }, 'bypath'],
    ['its host before a predicate', '/who', { Host: 'partner.example.test', 'X-App': '1' }, 'byhost'],
    ['the first predicate before the second', '/who', { 'User-Agent': 'Acme/2', 'X-App': '1' }, 'app'],
  ])('by %s', async (_, target, headers, expected) => {
    expect(await who(target, headers)).toBe(expected)
  })

  test.each([
    ['/mm/who', 404],
    ['/m/m/who', 404],
    ['/M/who', 404],
    ['/m/nothing', 404],
    ['/m/m/inner', 'bypath'],
    ['/m/inner', 404],
  ])('by a whole segment of %s, once: %s', async (target, expected) => {
    expect(await who(target)).toBe(expected)
  })

  test('in a query that belongs to its path', async () => {
    expect(await who('/m/who?x=/m/tablet')).toBe('bypath')
    expect(await who('/m?x=1')).toBe('bypath')
  })

  test('by a predicate that sees the headers it declared, and no others', async () => {
    asked.length = 0
    await say(facet.url, head('/who', { 'User-Agent': 'Other', Cookie: 'secret=1' }))
    expect(asked).toEqual([{ 'user-agent': 'Other', 'x-app': undefined }])
  })

  test('not at all by a name that nobody has, whatever else speaks for it', async () => {
    const { known } = expectProblem(await facet.get('/m/who', { 'X-Client': 'other' }), 'client-unknown')
    expect(known).toEqual(['web', 'named', 'bypath', 'tablet', 'byhost', 'app', 'second'])
  })
})
