import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { endpoint } from 'facet'
import { type Harness, harness } from 'facet/testing'

let facet: Harness
beforeAll(async () => {
  facet = await harness({ routes: { hello: endpoint('GET /hello').merge(() => ({ hello: 'world' })) } })
})
afterAll(() => facet.close())

test.each([
  ['application/json; charset=utf-8', 'application/json; charset=utf-8'],
  ['application/json;charset="utf-8";q=0.5, text/html', 'application/json; charset=utf-8'],
  ['application/xml; charset=utf-8', 'application/xml; charset=utf-8'],
  ['application/json;v=1;q=0.1, application/xml;version="a;b,c";q=0.9', 'application/xml; charset=utf-8'],
])('Accept: %s is answered as %s: a parameter does not make another type of it', async (accept, type) => {
  const reply = await facet.get('/hello', { accept })
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, type])
})
