import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { env, proxy, rest } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { expectProblem } from '../support/problems.ts'
import { nobody } from '../support/raw-backend.ts'
import { ask, controlled, expectNothingForgotten, nothingLeft, tally } from '../support/resilience.ts'
import { head, say } from '../support/wire.ts'
import { type Echo, echo } from './echo.ts'

let old: Echo
let next: Echo
let facet: Harness
beforeAll(async () => {
  old = await echo('old')
  next = await echo('next')
})
afterEach(async () => {
  await nothingLeft(facet)
  await facet.close()
})
afterAll(async () => {
  await old.close()
  await next.close()
})
// Last, so that what is closed is heard as well.
expectNothingForgotten()

type Targets = NonNullable<NonNullable<Parameters<typeof proxy>[2]>['targets']>
type Target = Targets[number]

async function start(...targets: Omit<Target, 'to'>[]): Promise<void> {
  const to = rest('next', { url: `${next.url}/new` })
  const routes = { it: proxy('ANY /p/*path', old.url, { targets: targets.map((target) => ({ to, ...target })) }) }
  facet = await harness({ routes, environment: { TRUST_PROXY: '0' } })
}

/** Who has answered. */
async function who(target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<string> {
  const reply = await say(facet.url, head(target, { Connection: 'close', ...headers }, method))
  return reply.text.split(' ')[0] ?? ''
}

describe('a target is asked', () => {
  test('behind its own base path, instead of the route’s own', async () => {
    await start({ headers: { 'x-version': '2' } })
    expect((await facet.get('/p/a%2Fb?c=d', { 'x-version': '2' })).text).toBe('next GET /new/a%2Fb?c=d')
    expect((await facet.get('/p/a', { 'x-version': '1' })).text).toBe('old GET /a')
    expect(next.requests.at(-1)?.headers.host).toBe(new URL(next.url).host)
    const posted = await facet.request('/p/a', {
      method: 'POST',
      body: 'x'.repeat(100_000),
      headers: { 'x-version': '2' },
    })
    expect(posted.text).toBe('next POST /new/a')
    expect(next.requests.at(-1)?.body).toHaveLength(100_000)
  })

  test.each([
    ['beta.example.com', 'beta.example.com', 'next'],
    ['beta.example.com', 'BETA.example.com:8080', 'next'],
    ['beta.example.com', 'example.com', 'old'],
    ['beta.example.com', 'x.beta.example.com', 'old'],
    ['*.example.com', 'a.b.example.com', 'next'],
    ['*.example.com', 'example.com', 'old'],
    ['*.example.com', 'evilexample.com', 'old'],
    ['[::1]', '[::1]:3000', 'next'],
  ])('for the host %s where %s is asked: %s', async (host, asked, expected) => {
    await start({ host })
    expect(await who('/p/a', { Host: asked })).toBe(expected)
    expect(await who('/p/a', { Host: 'none.test', 'X-Forwarded-Host': asked })).toBe('old')
  })

  test.each([
    ['/p/reports/*rest', '/p/reports', 'next'],
    ['/p/reports/*rest', '/p/reports/1/2', 'next'],
    ['/p/reports/*rest', '/p/%72eports/1', 'next'],
    ['/p/reports/*rest', '/p/reportsx', 'old'],
    ['/p/:kind/new', '/p/a/new', 'next'],
    ['/p/:kind/new', '/p/a/new/', 'next'],
    ['/p/:kind/new', '/p/a%2Fb/new', 'next'],
    ['/p/:kind/new', '/p/a/b/new', 'old'],
  ] as const)('for the path %s where %s is asked: %s', async (path, asked, expected) => {
    await start({ path })
    expect(await who(asked)).toBe(expected)
  })

  test('for headers that are equal, or match, each time anew', async () => {
    await start({ headers: { 'X-Version': /^v[23]$/g, 'x-ring': 'inner' } })
    for (let times = 0; times < 3; times++)
      expect(await who('/p/a', { 'X-Version': 'v2', 'X-Ring': 'inner' })).toBe('next')
    expect(await who('/p/a', { 'X-Version': 'v4', 'X-Ring': 'inner' })).toBe('old')
    expect(await who('/p/a', { 'X-Version': 'v2', 'X-Ring': 'outer' })).toBe('old')
    expect(await who('/p/a', { 'X-Version': 'v2' })).toBe('old')
  })

  test('where a function says so', async () => {
    await start({
      when: ({ method, query, path, header }) => `${method} ${path} ${query} ${header('x-a')}` === 'PUT /p/a b=c d',
    })
    expect(await who('/p/a?b=c', { 'X-A': 'd' }, 'PUT')).toBe('next')
    expect(await who('/p/a?b=c', { 'X-A': 'e' }, 'PUT')).toBe('old')
  })

  test('in the order in which they are written, the first one that takes it', async () => {
    const to = (name: string) => rest(name, { url: `${next.url}/${name}` })
    const targets = [
      { to: to('one'), headers: { 'x-a': '1' } },
      { to: to('two'), path: '/p/a' },
      { to: env('THREE_URL'), host: 'three.test' },
    ] as const
    const routes = { it: proxy('ANY /p/*path', old.url, { targets }) }
    facet = await harness({ routes, environment: { THREE_URL: `${next.url}/three` } })
    expect((await facet.get('/p/a', { 'x-a': '1' })).text).toBe('next GET /one/a')
    expect((await facet.get('/p/a')).text).toBe('next GET /two/a')
    expect((await say(facet.url, head('/p/b', { Host: 'three.test', Connection: 'close' }))).text).toBe(
      'next GET /three/b',
    )
    expect((await facet.get('/p/b')).text).toBe('old GET /b')
    expect(facet.app.registry.backends.map(({ name }) => name)).toEqual(['any.p', 'one', 'two', 'any.p:2'])
    expect(await controlled(facet, 'any.p:2')).toMatchObject({ breaker: 'closed' })
  })
})

test.each<[string, () => unknown]>([
  ['throws', () => (undefined as unknown as string).length],
  ['is async', async () => true],
])('a condition that %s is a mistake of the server', async (_, when) => {
  await start({ when: when as () => boolean })
  expectProblem(await facet.get('/p/a'), 'internal')
})

describe('a share of the requests', () => {
  test('goes to the target, at random', async () => {
    await start({ weight: 0.3 })
    const counts = tally((await ask(facet, ['/p/a'], 1_000, 8)).map(({ text }) => text.split(' ')[0] as string))
    // Six standard deviations.
    expect(Math.abs((counts.next ?? 0) - 300)).toBeLessThan(87)
  })

  test('is nothing, or all', async () => {
    await start({ weight: 0, path: '/p/none' }, { weight: 1, path: '/p/all' })
    const replies = await ask(facet, ['/p/none', '/p/all'], 100, 4)
    expect(tally(replies.map(({ text }) => text))).toEqual({ 'old GET /none': 50, 'next GET /new/all': 50 })
  })

  test('stays with the same clients, and only grows with the share', async () => {
    const by: Target['by'] = ({ header }) => header('x-user')
    const users = Array.from({ length: 400 }, (_, n) => `user-${n}`)
    const chosen = async (weight: number) => {
      await start({ weight, by })
      const answers: string[] = []
      for (const user of [...users, ...users]) answers.push((await facet.get('/p/a', { 'x-user': user })).text)
      expect(answers.slice(0, 400)).toEqual(answers.slice(400))
      await facet.close()
      return users.filter((_, n) => answers[n]?.startsWith('next'))
    }
    const few = await chosen(0.1)
    const many = await chosen(0.4)
    expect([few.length, many.length].map((count) => Math.round(count / 40))).toEqual([1, 4])
    expect(many).toEqual(expect.arrayContaining(few))
  })

  test.each<[string, Target['by']]>([
    ['at random', undefined],
    ['by their clients', ({ header }) => header('x-user')],
  ])('is one of the whole for each target, %s', async (_, by) => {
    const to = (name: string) => rest(name, { url: `${next.url}/${name}` })
    const target = (name: string, weight: number) => ({ to: to(name), weight, ...(by && { by }) })
    const shares = async (targets: Targets, path: string) => {
      const counts = [0, 0, 0]
      facet = await harness({ routes: { it: proxy('ANY /p/*path', old.url, { targets }) } })
      for (let n = 0; n < 600; n++) {
        const { text } = await facet.get(path, { 'x-user': `user-${n}` })
        ;(counts[['old GET /a', 'next GET /one/a', 'next GET /two/a'].indexOf(text)] as number)++
      }
      await facet.close()
      return counts
    }
    // Six standard deviations, at most 12 each.
    const expectNear = (counts: number[], expected: number[]) => {
      for (const [at, count] of counts.entries()) expect(Math.abs(count - (expected[at] as number))).toBeLessThan(74)
    }
    expectNear(await shares([target('one', 0.4), target('two', 0.4)], '/p/a'), [120, 240, 240])
    const [left] = await shares([target('one', 0.5), target('two', 0.5)], '/p/a')
    expect(left).toBe(0)
    const ofSome = [{ ...target('one', 0.4), path: '/p/b' }, target('two', 0.4)] as const
    expectNear(await shares(ofSome, '/p/a'), [360, 0, 240])
    const others = { to: to('two'), path: '/p/a' } as const
    expectNear(await shares([target('one', 0.4), others], '/p/a'), [0, 240, 360])
  })

  test('of clients that say nothing is taken at random', async () => {
    await start({ weight: 0.5, by: ({ header }) => header('x-user') })
    const counts = tally((await ask(facet, ['/p/a'], 200, 4)).map(({ text }) => text.split(' ')[0] as string))
    expect(counts.next).toBeGreaterThan(50)
    expect(counts.old).toBeGreaterThan(50)
  })
})

test('a target that is down rests by itself, and the others do not', async () => {
  const to = rest('dead', { url: await nobody(), breaker: { minimum: 3, open: '60s' } })
  facet = await harness({ routes: { it: proxy('ANY /p/*path', old.url, { targets: [{ to, path: '/p/new/*x' }] }) } })
  const replies = await ask(facet, ['/p/new/a'], 6, 1)
  expect(replies.map(({ status }) => status)).toEqual([502, 502, 502, 503, 503, 503])
  expect((await facet.get('/p/a')).text).toBe('old GET /a')
  expect(await controlled(facet, 'dead')).toMatchObject({ breaker: 'open' })
  expect(await controlled(facet, 'any.p')).toMatchObject({ breaker: 'closed' })
})

test('what is kept of one target is not what another one answers', async () => {
  for (const server of [old, next])
    server.behave((response, { method, url }) =>
      response.setHeader('cache-control', 'max-age=60').end(`${server === old ? 'old' : 'next'} ${method} ${url}`),
    )
  const targets = [{ to: `${next.url}/new`, headers: { 'x-version': '2' } }]
  facet = await harness({ routes: { it: proxy('ANY /p/*path', old.url, { targets, cache: { ttl: 'origin' } }) } })
  const before = [old.requests.length, next.requests.length]
  for (let times = 0; times < 3; times++) {
    expect((await facet.get('/p/a')).text).toBe('old GET /a')
    expect((await facet.get('/p/a', { 'x-version': '2' })).text).toBe('next GET /new/a')
  }
  expect([old.requests.length, next.requests.length]).toEqual(before.map((count) => count + 1))
})
