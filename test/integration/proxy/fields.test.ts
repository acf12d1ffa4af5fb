// Which headers are passed on, and which are said by a proxied route itself, over real sockets.
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { client, env, proxy, rest } from 'facet'
import { type Harness, harness, timeline } from 'facet/testing'
import { expectProblem } from '../support/problems.ts'
import { type SaidBackend, saidBackend } from '../support/said-backend.ts'
import { head, say } from '../support/wire.ts'

let backend: SaidBackend
let facet: Harness

beforeAll(async () => {
  backend = await saidBackend()
  const root = rest('root', { url: backend.url, headers: { 'x-own': 'backend' } })
  facet = await harness({
    routes: {
      lists: proxy('ANY /lists/*path', root, {
        headers: {
          request: { allow: ['Accept', 'X-A'], set: { 'X-Own': 'route', 'X-Env': env('FROM_ENV') } },
          response: { allow: ['Content-Type', 'X-A'], set: { 'X-Own': 'route' } },
        },
      }),
      denied: proxy('ANY /denied/*path', root, {
        headers: {
          request: { deny: ['X-Secret', 'x-forwarded-for', 'Forwarded'] },
          response: { deny: ['X-Secret', 'Set-Cookie'] },
        },
      }),
      made: proxy('ANY /made/*path', root, {
        headers: {
          request: {
            set: {
              'x-made': ({ method, path, query, header }) =>
                `${method} ${path} ${query.get('q')} ${header('X-Q') ?? '-'}`,
              'x-maybe': ({ header }) => header('x-say'),
              'x-forwarded-host': ({ query }) => query.get('host') ?? undefined,
            },
          },
          response: { set: { 'x-answered': ({ query }) => query.get('answer') ?? undefined } },
        },
      }),
      wrong: proxy('ANY /wrong/*path', root, {
        headers: {
          request: {
            set: {
              'x-wrong': ({ path }) => {
                if (path.endsWith('/throws')) throw new TypeError('secret words')
                if (path.endsWith('/number')) return 1 as unknown as string
                return Promise.resolve('late') as unknown as string
              },
            },
          },
        },
      }),
    },
    clients: [client('mobile', { path: '/m' })],
    environment: { FROM_ENV: 'of the environment' },
  })
})
beforeEach(() => backend.answer((_, response) => void response.end('ok')))
afterAll(async () => {
  await facet.close()
  await backend.close()
})

describe('the headers of a request', () => {
  test('are those that are allowed, with what frames the body, and what the route says', async () => {
    const sent = { 'X-A': '1', 'X-B': '2', Cookie: 'a=b', 'X-Own': 'client', 'X-Env': 'client', 'Content-Length': '2' }
    await say(facet.url, `${head('/lists/x', { ...sent, Accept: 'a/b', 'Content-Encoding': 'x' }, 'POST')}ab`)
    const ours = ['via', 'x-request-id', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto']
    expect(
      Object.keys(backend.last)
        .filter((name) => ![...ours, 'forwarded', 'connection'].includes(name))
        .sort(),
    ).toEqual(['accept', 'content-encoding', 'content-length', 'host', 'x-a', 'x-env', 'x-own'])
    expect(backend.last).toMatchObject({ 'x-own': 'route', 'x-env': 'of the environment', 'content-length': '2' })
    expect(backend.requests.at(-1)?.rawHeaders.filter((name) => /^x-own$/i.test(name))).toHaveLength(1)
  })

  test('are not those that are denied, also where Facet would say them', async () => {
    await say(facet.url, head('/denied/x', { 'X-SECRET': '1', 'X-Other': '2', 'X-Forwarded-For': '9.9.9.9' }))
    expect(backend.last).toMatchObject({ 'x-other': '2', 'x-forwarded-host': 'facet.test', 'x-own': 'backend' })
    const names = Object.keys(backend.last)
    expect(names.filter((name) => ['x-secret', 'x-forwarded-for', 'forwarded'].includes(name))).toEqual([])
  })

  test('may be made of the request', async () => {
    await say(facet.url, head('/m/made/%41?q=1%202&host=said.example', { 'X-Q': 'q', 'X-Made': 'by the client' }))
    expect(backend.last['x-made']).toBe('GET /made/%41 1 2 q')
    expect(backend.last['x-forwarded-host']).toBe('said.example')
    expect('x-maybe' in backend.last).toBe(false)
    await say(facet.url, head('/made/x', { 'X-Say': 'this', 'X-Maybe': 'by the client' }))
    expect(backend.last['x-maybe']).toBe('this')
  })

  test.each([
    ['host', 'a%0D%0AX-Evil:%201', 'x-forwarded-host'],
    ['host', 'a%0Ab', 'x-forwarded-host'],
    ['q', 'a%0Db', 'x-made'],
    ['q', 'a%00b', 'x-made'],
    ['q', 'a%7Fb', 'x-made'],
    ['q', '%C5%81', 'x-made'],
    ['answer', 'a%0D%0ASet-Cookie:%20a=b', 'x-answered'],
  ])('made of %s=%s are refused, by name, and nobody is asked', async (name, value, field) => {
    const before = backend.requests.length
    const reply = await facet.get(`/made/x?${name}=${value}`)
    expectProblem(reply, 'input-invalid')
    expect(reply.json().issues).toEqual([{ path: `headers.${field}`, message: 'cannot be sent in a header' }])
    expect(backend.requests).toHaveLength(before)
  })

  test.each([
    ['throws', 'failed'],
    ['number', 'gave no string'],
    ['promise', 'must not be async'],
  ])('whose function %s are a mistake of the route', async (path, detail) => {
    const seen = timeline()
    const reply = await facet.get(`/wrong/${path}`)
    await seen.ended(1)
    seen.close()
    expectProblem(reply, 'internal')
    expect(reply.text).not.toContain('secret words')
    const message = String(seen.requests[0]?.error)
    expect(message).toContain("the function of 'x-wrong' in headers.request.set of proxy 'ANY /wrong/*path'")
    expect(message).toContain(detail)
  })
})

describe('the headers of a response', () => {
  test('are those that are allowed, and what the route says', async () => {
    const sent = {
      'X-A': '1',
      'X-B': '2',
      'X-Own': 'backend',
      'Set-Cookie': 'a=b',
      Location: '/x',
      'Content-Type': 'a/b',
    }
    backend.answer((_, response) => void response.writeHead(200, { ...sent, 'Content-Length': 2 }).end('ok'))
    const { headers, text } = await say(facet.url, head('/lists/x'))
    expect(text).toBe('ok')
    const framing = ['connection', 'date', 'keep-alive']
    expect([...headers.keys()].filter((name) => !framing.includes(name)).sort()).toEqual([
      'content-length',
      'content-type',
      'via',
      'x-a',
      'x-own',
      'x-request-id',
    ])
    expect([headers.get('x-a'), headers.get('x-own'), headers.get('content-length')]).toEqual(['1', 'route', '2'])
  })

  test('are not those that are denied, nor are they trailers', async () => {
    backend.answer((_, response) => {
      response.writeHead(200, { 'X-Secret': '1', 'Set-Cookie': 'a=b', 'X-Other': '2', Trailer: 'X-Secret, X-Sum' })
      response.write('ok')
      response.addTrailers({ 'X-Secret': 'in a trailer', 'X-Sum': '1' })
      response.end()
    })
    const socket = connect(Number(new URL(facet.url).port), '127.0.0.1')
    socket.write(head('/denied/x', { Connection: 'close' }))
    let text = ''
    for await (const chunk of socket) text += chunk
    expect(text).toMatch(/x-other: 2/i)
    expect(text).toMatch(/x-sum: 1/i)
    expect(text).not.toMatch(/x-secret: |set-cookie|in a trailer/i)
  })

  test('may be made of the request, in the place of what the backend says', async () => {
    backend.answer((_, response) => void response.writeHead(200, { 'X-Answered': 'backend' }).end())
    expect((await facet.get('/made/x?answer=42')).headers.get('x-answered')).toBe('42')
    expect((await facet.get('/made/x')).headers.get('x-answered')).toBeNull()
  })
})
