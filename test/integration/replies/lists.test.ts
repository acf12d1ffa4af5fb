import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { batch, each, endpoint, rest } from 'facet'
import { type Harness, harness, type ScriptedBackend, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { expectProblem } from '../support/problems.ts'

let backend: ScriptedBackend
let facet: Harness
let atOnce = 0
let most = 0
beforeAll(async () => {
  backend = await scriptedBackend()
  const one = async ({ url }: { url: string }) => {
    most = Math.max(most, ++atOnce)
    await new Promise((resolve) => setTimeout(resolve, 20))
    atOnce--
    return { json: { id: url.split('/').at(-1) } }
  }
  for (const id of 'abcdefghijkl') backend.on(`GET /items/${id}`, one)
  backend.on('GET /items/x', { status: 500 })
  backend.on('POST /made', ({ body }, nth) => ({ json: { id: `${JSON.parse(body).id}${nth}` } }))
  backend.on('GET /items', ({ url }) => ({
    // In another order than asked for, without what is not known.
    json: [...new URLSearchParams(url.split('?')[1]).getAll('id')]
      .filter((id) => id !== 'z')
      .reverse()
      .map((id) => ({ id })),
  }))
  const api = rest('api', { url: backend.url })
  const output = z.object({ id: z.string() })
  const item = api.get('/items/:id', { output })
  const make = api.post('/made', { input: (body: { id: string }) => ({ body }), output })
  const list = api.get('/items', { input: (id: readonly string[]) => ({ query: { id } }), output: z.array(output) })
  const items = batch(list, { input: (ids: readonly string[]) => ids, key: ({ id }) => id, size: 3 })
  const query = z.object({ ids: z.string().transform((text) => [...text]) })
  facet = await harness({
    routes: {
      each: endpoint('GET /each', { query }).source('items', each(item), ({ query }) =>
        query.ids.map((id) => ({ id })),
      ),
      three: endpoint('GET /three', { query }).source('items', each(item, { concurrency: 3 }), ({ query }) =>
        query.ids.map((id) => ({ id })),
      ),
      make: endpoint('POST /make', { query }).source('made', each(make), ({ query }) =>
        query.ids.map((id) => ({ id })),
      ),
      batch: endpoint('GET /batch', { query }).source('items', items, ({ query }) => query.ids),
      twice: endpoint('GET /twice')
        .source('first', item, () => ({ id: 'a' }))
        .source('second', item, () => ({ id: 'a' }))
        .source('third', each(item), ['first'], () => [{ id: 'a' }, { id: 'b' }]),
    },
  })
})
beforeEach(() => {
  most = 0
})
afterAll(async () => {
  await facet.close()
  await backend.close()
})

/** What the backend is asked for while something is done. */
async function asked(work: () => Promise<unknown>): Promise<string[]> {
  const before = backend.requests.length
  await work()
  return backend.requests.slice(before).map(({ method, url }) => `${method} ${url}`)
}
const ids = (items: readonly ({ id: string } | null)[]) => items.map((item) => item?.id ?? null)

describe('each', () => {
  test('gives answers in the order of its inputs, and asks the same once', async () => {
    let text = ''
    const calls = await asked(async () => {
      text = ids((await facet.get('/each?ids=bacab')).json().items).join('')
    })
    expect(text).toBe('bacab')
    expect(calls.sort()).toEqual(['GET /items/a', 'GET /items/b', 'GET /items/c'])
  })

  test('of nothing is nothing, and nobody is asked', async () => {
    expect(await asked(async () => expect((await facet.get('/each?ids=')).json()).toEqual({ items: [] }))).toEqual([])
  })

  test.each([
    ['/each', 8],
    ['/three', 3],
  ])('of %s has at most %i calls under way', async (path, bound) => {
    expect(ids((await facet.get(`${path}?ids=abcdefghijkl`)).json().items).join('')).toBe('abcdefghijkl')
    expect(most).toBe(bound)
  })

  test('fails with the first that fails, and asks no more', async () => {
    const calls = await asked(async () => {
      expectProblem(await facet.get('/three?ids=xabcdefghijkl'), 'backend-status', 'items')
    })
    expect(calls.length).toBeLessThan(8)
  })

  test('writes as often as it is told', async () => {
    const calls = await asked(() => facet.request('/make?ids=aaa', { method: 'POST' }))
    expect(calls).toEqual(['POST /made', 'POST /made', 'POST /made'])
  })
})

describe('batch', () => {
  test('asks for many at once, as many as the backend takes, and joins them back', async () => {
    let items: ({ id: string } | null)[] = []
    const calls = await asked(async () => {
      items = (await facet.get('/batch?ids=abzcadb')).json().items
    })
    expect(ids(items)).toEqual(['a', 'b', null, 'c', 'a', 'd', 'b'])
    expect(calls.sort()).toEqual(['GET /items?id=a&id=b&id=z', 'GET /items?id=c&id=d'])
  })

  test('of nothing is nothing, and nobody is asked', async () => {
    expect(await asked(async () => expect((await facet.get('/batch?ids=')).json()).toEqual({ items: [] }))).toEqual([])
  })
})

test('equal reads of one request are made once, of another request again', async () => {
  const calls = await asked(async () => {
    expect((await facet.get('/twice')).json()).toEqual({
      first: { id: 'a' },
      second: { id: 'a' },
      third: [{ id: 'a' }, { id: 'b' }],
    })
  })
  expect(calls).toEqual(['GET /items/a', 'GET /items/b'])
  expect(await asked(() => facet.get('/twice'))).toHaveLength(2)
})
