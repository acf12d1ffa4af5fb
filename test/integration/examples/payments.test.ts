import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type Demo, startDemo } from '../support/demo.ts'
import { expectProblem } from '../support/problems.ts'

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
beforeEach(() => demo.reset())
afterAll(() => demo.close())

const PAYMENT = { invoice: '0000123', amount: 12.5, currency: 'EUR' }
const pay = (body: unknown = PAYMENT) => demo.post('/customers/1/payments', body)
const paidAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)

describe('a payment', () => {
  test('is answered with 201 and the receipt as JSON: numbers with leading zeros stay text', async () => {
    const reply = await pay()
    expect(reply.status).toBe(201)
    const receipt = { receipt: '000000001', invoice: '0000123', amount: 12.5, currency: 'EUR' }
    expect(JSON.parse(reply.text)).toEqual({ ...receipt, paidAt })
    expect(Object.keys(JSON.parse(reply.text))).toEqual(['receipt', 'invoice', 'amount', 'currency', 'paidAt'])
    expect(reply.headers.get('cache-status')).toBeNull()
  })

  test('becomes SOAP with its elements in the order of the schema, whatever the order of the JSON', async () => {
    expect((await pay({ currency: 'EUR', amount: 12.5, invoice: '0000123' })).status).toBe(201)
    const [call] = demo.backends.billing.requests
    expect(call?.body).toContain(
      '<PayInvoice xmlns="urn:acme:billing:v1"><InvoiceNo>0000123</InvoiceNo><Amount>12.5</Amount><Currency>EUR</Currency></PayInvoice>',
    )
    expect(call?.headers).toMatchObject({
      'content-type': 'text/xml; charset=utf-8',
      soapaction: '"urn:acme:billing:v1/PayInvoice"',
    })
  })

  test('is what it says, whatever markup it says it with', async () => {
    const invoice = '</InvoiceNo><Amount>0.01</Amount><InvoiceNo>'
    expectProblem(await pay({ ...PAYMENT, invoice }), 'resource-unknown', 'receipt')
    expect(demo.backends.billing.requests[0]?.body).toContain(
      '<InvoiceNo>&lt;/InvoiceNo&gt;&lt;Amount&gt;0.01&lt;/Amount&gt;&lt;InvoiceNo&gt;</InvoiceNo>',
    )
  })

  test('can be sent as XML, and be answered in XML', async () => {
    const reply = await fetch(`${demo.url}/customers/1/payments`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/xml', 'X-Client': 'desktop' },
      body: '<payment><amount>12.5</amount><currency>EUR</currency><invoice>0000123</invoice></payment>',
    })
    expect(reply.status).toBe(201)
    expect(await reply.text()).toMatch(
      /<payments [^>]*><receipt>000000001<\/receipt><invoice>0000123<\/invoice><amount>12.5<\/amount>/,
    )
  })

  test('that is the same as another is another', async () => {
    const replies = await Promise.all([pay(), pay(), pay()])
    const receipts = replies.map(({ text }) => JSON.parse(text).receipt)
    expect(new Set(receipts)).toEqual(new Set(['000000001', '000000002', '000000003']))
  })

  test('that does not fit goes no further, and every fault is named', async () => {
    const { issues } = expectProblem(await pay({ invoice: '', amount: -1, currency: 'euro' }), 'input-invalid')
    expect(issues?.map(({ path }) => path)).toEqual(['body.invoice', 'body.amount', 'body.currency'])
    expect(demo.asked('billing')).toEqual([])
  })
})

describe('a payment that billing fails', () => {
  test.each([
    ['with 500', { status: 500 }, 'backend-status'],
    ['with 503', { status: 503 }, 'backend-status'],
    ['with a reset', { reset: true }, 'backend-unreachable'],
    ['in the middle of its answer', { body: 'truncated' }, 'backend-unreachable'],
    ['with garbage', { body: 'garbage' }, 'backend-malformed'],
    ['with nothing', { body: 'empty' }, 'backend-malformed'],
    ['with a web page', { body: 'html' }, 'backend-malformed'],
  ] as const)('%s is never made again', async (_, fault, code) => {
    demo.backends.billing.control(fault)
    expectProblem(await pay(), code, 'receipt')
    await new Promise((resolve) => setTimeout(resolve, 120)) // Longer than the longest pause before a first retry.
    expect(demo.asked('billing')).toEqual(['/billing'])
  })

  test('by being slow is told after two seconds, and is never made again', async () => {
    demo.backends.billing.control({ latencyMs: 2_600 })
    const started = performance.now()
    expectProblem(await pay(), 'backend-timeout', 'receipt')
    expect(performance.now() - started).toBeLessThan(2_500)
    expect(demo.asked('billing')).toEqual(['/billing'])
  })

  test('with a Fault that says that there is no such invoice is a 404, without its words', async () => {
    const reply = await pay({ ...PAYMENT, invoice: '9999999' })
    expectProblem(reply, 'resource-unknown', 'receipt')
    expect(reply.text).not.toContain('unknown invoice')
  })

  test('with a Fault that says that the amount is none is a 422, without its words', async () => {
    const reply = await pay({ ...PAYMENT, amount: 12.345 })
    expectProblem(reply, 'backend-fault', 'receipt', 422)
    expect(reply.text).not.toMatch(/decimal|12\.345/)
  })
})

describe('after a payment', () => {
  const overview = async (id: number, client: string) => {
    const reply = await demo.get(`/customers/${id}/overview?orders=1`, client)
    return { state: reply.headers.get('cache-status')?.replace(/ttl=\d+/, 'ttl'), text: reply.text }
  }

  test('the next overview is fresh for every client, and other customers keep theirs', async () => {
    for (const [id, client] of [
      [1, 'web'],
      [1, 'mobile'],
      [1, 'desktop'],
      [2, 'web'],
    ] as const)
      await overview(id, client)
    expect((await overview(1, 'web')).state).toBe('Facet; hit; ttl')
    expect(JSON.parse((await overview(1, 'web')).text).invoices[0]).toMatchObject({ number: '0000123', status: 'open' })

    expect((await pay()).status).toBe(201)

    const fresh = await overview(1, 'web')
    expect(fresh.state).toBe('Facet; fwd=uri-miss; stored; detail="call hit"')
    expect(JSON.parse(fresh.text).invoices[0]).toMatchObject({ number: '0000123', status: 'paid' })
    expect((await overview(1, 'mobile')).state).toMatch(/^Facet; fwd=uri-miss; stored/)
    expect((await overview(1, 'desktop')).text).toContain('<number>0000123</number>')
    expect((await overview(2, 'web')).state).toBe('Facet; hit; ttl')
  })

  test('that nobody knows the end of, the next overview is fresh as well: it may have been made', async () => {
    expect((await overview(1, 'web')).text).toContain('"status":"open"')
    demo.backends.billing.control({ body: 'truncated' })
    expectProblem(await pay(), 'backend-unreachable', 'receipt')
    demo.backends.billing.control({ body: 'normal' })
    const fresh = await overview(1, 'web')
    expect(fresh.state).toBe('Facet; fwd=uri-miss; stored; detail="call hit"')
    expect(JSON.parse(fresh.text).invoices[0]).toMatchObject({ number: '0000123', status: 'paid' })
  })

  test('that went no further than this server, what is cached stays', async () => {
    await overview(1, 'web')
    expectProblem(await pay({ ...PAYMENT, amount: -1 }), 'input-invalid')
    expect((await overview(1, 'web')).state).toBe('Facet; hit; ttl')
  })

  test('an overview that was being made before it is not kept', async () => {
    demo.backends.crm.control({ latencyMs: 150 })
    const before = overview(1, 'web')
    await new Promise((resolve) => setTimeout(resolve, 50))
    await pay()
    expect(JSON.parse((await before).text).customer.number).toBe('00001')
    const after = await overview(1, 'web')
    expect(after.state).toBe('Facet; fwd=uri-miss; stored; detail="call hit"')
    expect(JSON.parse(after.text).invoices[0].status).toBe('paid')
  })
})
