import { afterAll, describe, expect, test } from '@jest/globals'
import { proxy, rest } from 'facet'
import type { HarnessReply } from 'facet/testing'
import { BILLING_NAMESPACE, startBilling, startRates } from '../../backends/index.ts'
import { post } from '../support/byte-backend.ts'
import { expectNoLeak } from '../support/problems.ts'
import { head, wire } from '../support/wire.ts'
import { transforming } from './transforming.ts'

const MIB = 1024 * 1024

const rates = await startRates()
const billing = await startBilling()
const { backend, facet } = await transforming((legacy) => ({
  json: proxy('ANY /json/*path', legacy, { as: 'json' }),
  xml: proxy('ANY /xml/*path', legacy, { as: 'xml' }),
  rooted: proxy('ANY /rooted/*path', legacy, { as: 'xml', xml: { root: 'order' } }),
  badger: proxy('ANY /badger/*path', legacy, { as: 'json', xml: { convention: { convention: 'badgerfish' } } }),
  rates: proxy('ANY /rates/*path', rest('rates', { url: rates.url }), { as: 'json' }),
  billing: proxy('ANY /soap/*path', rest('billing', { url: billing.url }), {
    as: 'json',
    xml: { convention: { namespaces: 'prefix' }, mediaType: 'text/xml' },
  }),
}))
afterAll(async () => {
  await rates.close()
  await billing.close()
})

describe("as: 'json'", () => {
  test('an XML service is answered as JSON, with its attributes, and what the bytes were is not said of others', async () => {
    backend.says('text/xml; charset=iso-8859-1', Buffer.from('<a id="1"><b>\xe9</b><b/></a>', 'latin1'), {
      ETag: '"strong"',
      'Content-MD5': 'x',
      Digest: 'x',
      'Repr-Digest': 'x',
      'Content-Digest': 'x',
      'Accept-Ranges': 'bytes',
      'X-Own': 'kept',
    })
    const reply = await facet.get('/json/thing')
    expect(reply.json()).toEqual({ a: { '@id': '1', b: ['é', ''] } })
    const { headers } = reply
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('content-length')).toBe(String(Buffer.byteLength(reply.text)))
    expect(headers.get('etag')).toBe('W/"strong"')
    expect(headers.get('x-own')).toBe('kept')
    for (const gone of ['content-md5', 'digest', 'repr-digest', 'content-digest', 'accept-ranges'])
      expect([gone, headers.get(gone)]).toEqual([gone, null])
  })

  test('a JSON request is sent as XML, with the one property as its root element', async () => {
    await post(facet, '/json/orders', '{"order":{"@id":"7","item":[1,2]}}', 'application/json; charset=utf-8', {
      'Content-Digest': 'x',
    })
    const { headers, body } = backend.last()
    expect(body.toString()).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<order xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="7"><item><item>1</item><item>2</item></item></order>',
    )
    expect(headers['content-type']).toBe('application/xml; charset=utf-8')
    expect(headers['content-length']).toBe(String(body.length))
    expect(headers['transfer-encoding']).toBeUndefined()
    expect(headers['content-digest']).toBeUndefined()
  })

  test('what has not one property is sent in <root>', async () => {
    await post(facet, '/json/orders', '{"a":1,"b":null}', 'application/vnd.x+json')
    expect(backend.last().body.toString()).toContain('<a>1</a><b xsi:nil="true"/></root>')
  })

  test.each([
    ['application/json', 'application/xml, text/xml'],
    ['text/html, application/json;q=0.5', 'text/html,application/xml;q=0.5, text/xml;q=0.5'],
    ['application/problem+json', 'application/problem+xml, application/xml, text/xml'],
    ['*/*', '*/*'],
    ['image/png', 'image/png'],
  ])('where %s is accepted, the backend is asked for %s', async (accept, asked) => {
    await facet.get('/json/thing', { Accept: accept })
    expect(backend.last().headers.accept).toBe(asked)
  })

  test.each([
    ['text/html', '<p>unclosed'],
    ['image/svg+xml', '<svg/>'],
    ['application/xhtml+xml', '<html/>'],
    ['application/json', '{"a" : 1}'],
    ['text/plain', '<a/>'],
    ['multipart/related; boundary=x', '--x\r\n\r\n<a/>\r\n--x--'],
  ])('%s goes through untouched', async (type, body) => {
    backend.says(type, body, { ETag: '"strong"', 'Content-MD5': 'x' })
    const reply = await facet.get('/json/thing')
    expect([reply.text, reply.headers.get('content-type'), reply.headers.get('etag')]).toEqual([body, type, '"strong"'])
    expect(reply.headers.get('content-md5')).toBe('x')
  })

  test('an upload of another media type is streamed, not held', async () => {
    backend.answer((_, response) => response.end('got it'))
    const connection = await wire(facet.url)
    connection.write(head('/json/thing', { 'Content-Type': 'text/csv', 'Content-Length': String(2 * MIB) }, 'POST'))
    for (let i = 0; i < 32; i++) connection.write('x'.repeat(65_536))
    expect((await connection.reply()).text).toBe('got it')
    expect(backend.last().body).toHaveLength(2 * MIB)
    connection.hangUp()
  })

  test("the backend's errors are translated, too", async () => {
    backend.says('application/problem+xml', '<problem><title>No</title></problem>', { 'Retry-After': '7' }, 503)
    const reply = await facet.get('/json/thing')
    expect([reply.status, reply.json()]).toEqual([503, { problem: { title: 'No' } }])
    expect(reply.headers.get('retry-after')).toBe('7')
  })

  test('in BadgerFish, there and back', async () => {
    const document = '<a xmlns="urn:a" id="1">x</a>'
    backend.says('application/xml', document)
    const { text } = await facet.get('/badger/thing')
    expect(JSON.parse(text)).toEqual({ a: { '@id': '1', '@xmlns': { $: 'urn:a' }, $: 'x' } })
    await post(facet, '/badger/thing', text, 'application/json')
    expect(backend.last().body.toString()).toContain('<a xmlns="urn:a" id="1">x</a>')
  })
})

describe("as: 'xml'", () => {
  test('a JSON service is answered as XML, and asked with JSON', async () => {
    backend.answer(({ body }, response) =>
      response.setHeader('Content-Type', 'application/hal+json').end(`{"a":1,"b":[${body.toString()}]}`),
    )
    const reply = await post(facet, '/xml/thing', '<order><id>7</id></order>', 'text/xml', { Accept: 'text/xml' })
    expect([backend.last().headers['content-type'], backend.last().headers.accept]).toEqual([
      'application/json',
      'application/json',
    ])
    expect(backend.last().body.toString()).toBe('{"order":{"id":"7"}}')
    expect(reply.headers.get('content-type')).toBe('application/xml; charset=utf-8')
    expect(reply.text).toMatch(/<root [^>]*><a>1<\/a><b><item><order><id>7<\/id><\/order><\/item><\/b><\/root>$/)
  })

  test('with a root of its own the body is what is in it', async () => {
    backend.answer(({ body }, response) => response.setHeader('Content-Type', 'application/json').end(body))
    const reply = await post(facet, '/rooted/thing', '<any><id>7</id><n>2</n></any>', 'application/xml')
    expect(backend.last().body.toString()).toBe('{"id":"7","n":"2"}')
    expect(reply.text).toMatch(/<order [^>]*><id>7<\/id><n>2<\/n><\/order>$/)
  })

  test('what XML cannot carry is replaced in a response', async () => {
    backend.says('application/json', '{"a":"\\u0000"}')
    expect((await facet.get('/xml/thing')).text).toContain('>\ufffd</a>')
  })
})

describe("the demo's backends", () => {
  test('the rates, XML over GET, are JSON', async () => {
    const reply = await facet.get('/rates/rates?base=EUR&currency=USD')
    expect(reply.json()).toEqual({
      ExchangeRates: {
        '@base': 'EUR',
        '@asOf': '2026-11-20',
        Rate: { '@currency': 'USD', '@value': '1.0842', '@source': 'ECB' },
      },
    })
    const refused = await facet.get('/rates/rates?base=XXX')
    expect([refused.status, refused.json()]).toMatchObject([404, { Error: { '@code': 'unknown-base' } }])
  })

  const envelope = (body: object) => ({
    'soap:Envelope': {
      '@xmlns:soap': 'http://schemas.xmlsoap.org/soap/envelope/',
      '@xmlns:b': BILLING_NAMESPACE,
      'soap:Body': body,
    },
  })
  const call = (body: object, action: string): Promise<HarnessReply> =>
    post(facet, '/soap/billing', JSON.stringify(envelope(body)), 'application/json', { SOAPAction: `"${action}"` })

  test('billing, SOAP, is asked and answers in JSON', async () => {
    const reply = await call({ 'b:GetInvoices': { 'b:CustomerNo': '00004' } }, 'urn:acme:billing:v1/GetInvoices')
    expect(billing.requests.at(-1)?.headers['content-type']).toBe('text/xml; charset=utf-8')
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/json'])
    const { Invoice } = inBody(reply, 'GetInvoicesResponse') as { Invoice: object[] }
    expect(Invoice).toHaveLength(3)
    expect(Invoice[0]).toMatchObject({ '@status': 'open', Customer: 'Zürich & Söhne', Note: null })
    expectNoLeak(reply)
  })

  test('a SOAP Fault stays one, in JSON', async () => {
    const reply = await call({ 'b:GetInvoices': { 'b:CustomerNo': '99999' } }, 'urn:acme:billing:v1/GetInvoices')
    expect([reply.status, reply.headers.get('content-type')]).toEqual([500, 'application/json'])
    expect(inBody(reply, 'Fault')).toMatchObject({
      faultcode: expect.stringContaining('Client'),
      detail: { UnknownCustomer: { CustomerNo: '99999' } },
    })
  })
})

/** What is in the Body under a name, without prefixes. */
function inBody(reply: HarnessReply, name: string): unknown {
  const local = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(local)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.replace(/^\w+:/, ''), local(inner)]))
  }
  return (local(reply.json()) as { Envelope: { Body: Record<string, unknown> } }).Envelope.Body[name]
}
