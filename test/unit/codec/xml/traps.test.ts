// Each of the traps that legacy services set, by its name: those that every other reader of XML falls into.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Call, endpoint, xml } from 'facet'
import { type Harness, harness, type ScriptedBackend, type ScriptedReply, scriptedBackend } from 'facet/testing'
import { z } from 'zod'
import { xmlDecoder } from '../../../../src/codec/xml/index.ts'
import { failureOf, rejectionOf } from '../../support/failure.ts'
import { complaint, misshapen, read, refusedAt, XSI } from '../../support/xml.ts'

const MEGABYTE = 1_000_000
const orders = z.object({ Order: z.array(z.object({ No: z.string(), Total: z.number().optional() })) })

test('one-element lists: a list with one element is a list', () => {
  expect(read(orders, '<r><Order><No>1</No></Order></r>')).toEqual({ Order: [{ No: '1' }] })
})

test('empty lists: a list without elements is an empty list, flat or in an element of its own', () => {
  expect(read(orders, '<r/>')).toEqual({ Order: [] })
  const wrapped = z.object({ Orders: xml.wrapped(z.array(z.string()), { item: 'Order' }) })
  expect(read(wrapped, '<r><Orders/></r>')).toEqual({ Orders: [] })
})

test('leading zeros: text that looks like a number is text', () => {
  expect(read(orders, '<r><Order><No>007</No></Order><Order><No>1e5</No></Order></r>').Order).toEqual([
    { No: '007' },
    { No: '1e5' },
  ])
})

test('big integers: not one digit is lost', () => {
  const schema = z.object({ text: z.string(), big: z.bigint() })
  expect(read(schema, '<r><text>9007199254740993</text><big>9007199254740993</big></r>')).toEqual({
    ...{ text: '9007199254740993', big: 9007199254740993n },
  })
})

test('nil: null where the schema has it, refused where it has not', () => {
  const nil = `<r xmlns:xsi="${XSI}"><Note xsi:nil="true">left over</Note></r>`
  expect(read(z.object({ Note: z.string().nullable() }), nil)).toEqual({ Note: null })
  expect(refusedAt(z.object({ Note: z.string() }), nil)).toEqual(['Note'])
})

test('wrong order: elements are found in any order, and written in the order of the schema', () => {
  expect(read(orders, '<r><Order><Total>5</Total><No>1</No></Order></r>')).toEqual({ Order: [{ No: '1', Total: 5 }] })
})

test('wrong namespace: an element of another namespace is another element', () => {
  const schema = z.object({ Price: xml.element(z.number(), { ns: 'urn:prices' }) })
  expect(read(schema, '<r xmlns:p="urn:prices"><p:Price>1</p:Price></r>')).toEqual({ Price: 1 })
  expect(refusedAt(schema, '<r xmlns:p="urn:other"><p:Price>1</p:Price></r>')).toEqual(['Price'])
  expect(misshapen(orders, '<r xmlns="urn:other"/>', { root: 'r', namespaces: ['urn:orders'] })).toContain('urn:other')
})

test('wrong charset label: bytes that are not what they say are refused, not replaced', () => {
  const latin1 = Buffer.from('<r><Order><No>é</No></Order></r>', 'latin1')
  const said = (label: string) => `the document is not in the encoding '${label}' that it says it is in`
  expect(complaint(latin1)).toBe(`line 1, column 1: ${said('utf-8')}`)
  expect(complaint(latin1, { contentType: 'text/xml; charset=utf-8' })).toBe(`line 1, column 1: ${said('utf-8')}`)
  expect(complaint(latin1, { contentType: 'text/xml; charset=us-ascii' })).toBe(`line 1, column 1: ${said('us-ascii')}`)
  expect(complaint('<?xml version="1.0" encoding="utf-16"?><r/>')).toBe(`line 1, column 1: ${said('utf-16')}`)
})

test('__proto__: no name of an element or attribute reaches a prototype', () => {
  const hostile =
    '<r __proto__="1"><__proto__><polluted>1</polluted></__proto__><constructor><prototype><polluted>1</polluted></prototype></constructor></r>'
  for (const schema of [orders, z.looseObject({}), z.record(z.string(), z.object({ polluted: z.string().optional() }))])
    expect(Object.getPrototypeOf(read(schema, hostile))).toBe(Object.prototype)
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

test('entity bomb: refused at its declaration, before anything grows', () => {
  const entities = Array.from({ length: 12 }, (_, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`)
  const before = performance.now()
  expect(complaint(`<!DOCTYPE a [<!ENTITY e0 "ha">${entities.join('')}]><a>&e12;</a>`)).toBe(
    'line 1, column 14: an entity is declared, and entities are not read',
  )
  expect(complaint('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>')).toContain(
    'entities are not read',
  )
  expect(complaint('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a>&e;</a>')).toContain(
    "the entity 'e' is none of XML's own",
  )
  expect(performance.now() - before).toBeLessThan(2_000)
})

test('100,000 levels: refused at once, and accepted without harm to the stack where the limit allows them', async () => {
  const levels = 100_000
  const document = Buffer.from('<a>'.repeat(levels) + '</a>'.repeat(levels))
  const Deep: z.ZodType = z.object({ a: z.lazy(() => Deep.optional()) })
  for (const schema of [z.object({}), Deep]) {
    const before = performance.now()
    const failure = await rejectionOf(Promise.resolve(xmlDecoder(schema)(document, undefined)))
    expect(failure.message).toContain('more than 512 elements within each other')
    expect(performance.now() - before).toBeLessThan(1_000)
  }
  let value = (await xmlDecoder(Deep, { limits: { depth: levels } })(document, undefined)) as
    | { a?: typeof value }
    | undefined
  let depth = 0
  for (; value; value = value.a) depth++
  expect(depth).toBe(levels)
})

test.each([
  ['a 20 MB attribute', z.object({ a: xml.attr(z.string()) }), (text: string) => `<r a="${text}"/>`],
  ['a 20 MB text', z.object({ a: z.string() }), (text: string) => `<r><a>${text}</a></r>`],
  ['a 20 MB CDATA section', z.object({ a: z.string() }), (text: string) => `<r><a><![CDATA[${text}]]></a></r>`],
])('%s: read as it is, in the time that its length takes', async (_, schema, document) => {
  for (const filling of ['x'.repeat(20 * MEGABYTE), `${'é'.repeat(99)}\n`.repeat(MEGABYTE / 10)]) {
    const before = performance.now()
    const { a } = (await xmlDecoder(schema)(Buffer.from(document(filling)), undefined)) as { a: string }
    expect(performance.now() - before).toBeLessThan(5_000)
    expect(a.length).toBe(filling.length)
    expect(a.replaceAll(' ', '\n') === filling).toBe(true)
  }
})

describe('over a connection', () => {
  let backend: ScriptedBackend
  let facet: Harness
  const page = '<!DOCTYPE html><html lang="en"><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>'
  const as = (body: string, type = 'text/xml', status = 200): ScriptedReply => ({
    status,
    body,
    headers: { 'content-type': type },
  })
  beforeAll(async () => {
    backend = await scriptedBackend()
    const service = xml('orders', { url: backend.url })
    const one = (output: z.ZodType): Call<object, unknown> => service.get('/orders', { output })
    facet = await harness({
      routes: {
        price: endpoint('GET /price').source('it', one(z.object({ Price: z.number() })), () => ({})),
        named: endpoint('GET /named').source('it', one(xml.element(orders, { name: 'Orders' })), () => ({})),
        list: endpoint('GET /list').source('it', one(orders), () => ({})),
      },
    })
  })
  afterAll(async () => {
    await facet.close()
    await backend.close()
  })

  /** The code of the problem, or the value. */
  async function answered(path: string, reply: ScriptedReply): Promise<unknown> {
    backend.on('GET /orders', reply)
    const { code, it } = (await facet.get(path)).json()
    backend.on('GET /orders', as('<r><Price>1.5</Price></r>'))
    expect((await facet.get('/price')).json()).toEqual({ it: { Price: 1.5 } })
    return code ?? it
  }

  test('an HTML error page with status 200: a problem, well-formed or not, whatever it says it is', async () => {
    const broken = page.replace('<h1>', '<br><h1>')
    for (const path of ['/price', '/list']) {
      for (const text of [page, broken]) expect(await answered(path, as(text, 'text/html'))).toBe('backend-malformed')
      for (const text of [page, broken]) expect(await answered(path, as(text))).toBe('backend-shape')
    }
  })

  test('an error document with status 200: a problem where the schema names the root element', async () => {
    const failure = '<error><code>17</code><message>no such customer</message></error>'
    expect(await answered('/named', as(failure))).toBe('backend-shape')
    expect(await answered('/named', as('<Orders/>'))).toEqual({ Order: [] })
  })

  test('an empty body: a problem, and no empty list', async () => {
    for (const body of ['', ' ', '\n', '<?xml version="1.0"?>', '\ufeff'])
      expect([await answered('/list', as(body)), await answered('/price', as(body))]).toEqual([
        'backend-malformed',
        'backend-malformed',
      ])
  })
})

test('what is said of it all is for the log, with the place and the reason', () => {
  expect(failureOf(() => read(orders, '<r>\n<Order><No>1</Order></r>')).message).toBe(
    "the answer is not well-formed XML: line 2, column 13: an end tag that is not the one of 'No'",
  )
})
