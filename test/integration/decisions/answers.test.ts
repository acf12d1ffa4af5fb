import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { client, endpoint } from 'facet'
import { type Harness, harness } from 'facet/testing'
import { z } from 'zod'
import { expectProblem } from '../support/problems.ts'

let facet: Harness
beforeAll(async () => {
  const greet = endpoint('GET /greeting').merge(() => ({ words: ['hello', 'there'] }))
  const web = client('web', { default: true })
  const feed = client('feed', { format: 'xml', xml: { root: 'greetings', item: 'word' } })
  const app = client('app', {
    when: { headers: ['user-agent'], test: ({ headers }) => headers['user-agent'] === 'app' },
  })
  facet = await harness({
    clients: [web, feed, app],
    transforms: [
      web.transform(greet, ({ words }) => ({ web: words })),
      app.transform(greet, ({ words }) => words.length),
    ],
    routes: {
      greeting: greet,
      take: endpoint('POST /take', { body: z.object({ n: z.number(), list: z.array(z.string()) }) }).merge(
        () => 'taken',
      ),
      any: endpoint('POST /any', { body: z.custom<object>((value) => typeof value === 'object') }).merge(() => 'taken'),
      none: endpoint('POST /none').merge(() => 'done'),
    },
  })
})
afterAll(() => facet.close())

const post = (path: string, body: string, type: string) =>
  facet.request(path, { method: 'POST', body, headers: { 'Content-Type': type } })

describe('1. X-Client picks the shape, Accept by its q-values the format', () => {
  test("no X-Client with Accept: application/xml is web's shape in XML", async () => {
    const { text } = await facet.get('/greeting', { Accept: 'application/json;q=0.1, application/xml;q=0.2' })
    expect(text).toContain('<web><item>hello</item><item>there</item></web>')
  })

  test("a client's default format is its own where Accept leaves the choice, and no more than that", async () => {
    const type = async (headers: Record<string, string>) =>
      (await facet.get('/greeting', { 'X-Client': 'feed', ...headers })).headers.get('content-type')
    expect(await type({})).toBe('application/xml; charset=utf-8')
    expect(await type({ Accept: 'application/json' })).toBe('application/json; charset=utf-8')
  })

  test('what is neither client nor predicate says is the default client', async () => {
    expect((await facet.get('/greeting', { 'User-Agent': 'app' })).text).toBe('2')
    expect((await facet.get('/greeting', { 'User-Agent': 'other' })).json()).toEqual({ web: ['hello', 'there'] })
  })
})

describe('2. Vary lists what recognition or format could consult', () => {
  test.each([{}, { 'X-Client': 'feed' }, { 'User-Agent': 'app' }, { Accept: 'application/xml' }])(
    'whoever asks, with %j',
    async (headers) => {
      expect((await facet.get('/greeting', headers)).headers.get('vary')).toBe('X-Client, Accept, user-agent')
    },
  )

  test('a predicate that declares no headers stops the start', () => {
    expect(() => client('x', { when: { headers: [], test: () => true } })).toThrow(/client 'x' at 'when.headers'/)
    expect(() => client('x', { when: { test: () => true } as never })).toThrow(/client 'x' at 'when.headers'/)
  })
})

describe('3. XML answers, XML problems, XML bodies', () => {
  test("the root is the endpoint's name and a list's element item, unless the client says otherwise", async () => {
    expect((await facet.get('/greeting', { Accept: 'application/xml' })).text).toMatch(
      /^<\?xml[^>]*>\n<greeting .*<item>/,
    )
    expect((await facet.get('/greeting', { 'X-Client': 'feed' })).text).toMatch(/<greetings .*<word>hello<\/word>/)
  })

  test('an XML client is told problems in JSON, unless it asks for XML', async () => {
    const headers = { 'X-Client': 'feed' }
    expectProblem(await facet.get('/nothing', headers), 'route-unknown')
    const asked = await facet.get('/nothing', { ...headers, Accept: 'application/xml' })
    expect(asked.headers.get('content-type')).toBe('application/problem+xml; charset=utf-8')
  })

  test('an XML body is what the schema says: a number, and a list of one', async () => {
    expect((await post('/take', '<t><n>1</n><list>a</list></t>', 'text/xml')).status).toBe(200)
    const problem = expectProblem(await post('/take', '<t><n>x</n></t>', 'application/xml'), 'input-invalid')
    expect(problem.issues?.map(({ path }) => path)).toEqual(['body.n'])
  })

  test.each([
    ['whose schema cannot direct XML', '/any', 'application/json'],
    ['that has no schema', '/none', null],
  ])('an endpoint %s answers XML with 415', async (_, path, accept) => {
    const reply = await post(path, '<t/>', 'application/xml')
    expectProblem(reply, 'media-unsupported')
    expect(reply.headers.get('accept')).toBe(accept)
    expect((await post(path, '{}', 'application/json')).status).toBe(200)
  })
})
