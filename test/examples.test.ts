import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type Demo, startDemo } from './integration/support/demo.ts'
import { expectProblem } from './integration/support/problems.ts'

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
beforeEach(() => demo.reset())
afterAll(() => demo.close())

const json = async (path: string, client?: string) => {
  const reply = await demo.get(path, client)
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
  return JSON.parse(reply.text)
}
const xml = async (path: string) => {
  const reply = await demo.get(path, 'desktop')
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/xml; charset=utf-8'])
  return reply.text
}
const XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

/** The one invoice of customer 00002, beside the whole of what the web page shows of them. */
const SECOND = {
  customer: { id: 2, number: '00002', name: 'Ervin Howell', email: 'Shanna@melissa.tv', city: 'Wisokyburgh' },
  orders: [{ id: 26, sku: 'SKU-1011', quantity: 4, total: 188.4 }],
  products: [{ sku: 'SKU-1011', title: 'Oak Chair', price: 47.1 }],
  invoices: [
    { number: '0000135', amount: 237.89, currency: 'EUR', due: '2026-12-01', status: 'open', note: null as null | '' },
  ],
  rates: {
    base: 'EUR',
    asOf: '2026-11-20',
    rates: {
      ...{ USD: 1.0842, GBP: 0.8356, JPY: 163.27, CHF: 0.9364 },
      ...{ PLN: 4.3215, SEK: 11.487, CZK: 25.236, NOK: 11.7265 },
    },
  },
}

describe('the customer overview for web', () => {
  test('is everything, in the order in which the page shows it', async () => {
    const reply = await demo.get('/customers/2/overview?orders=1')
    expect(reply.text).toBe(JSON.stringify(SECOND))
    expect(await json('/customers/2/overview?orders=1', 'web')).toEqual(SECOND)
  })

  test('has all twelve invoices of customer 00001: amounts numbers, numbers strings, nil null, names whole', async () => {
    const { invoices } = await json('/customers/1/overview')
    expect(invoices.map(({ number }: { number: unknown }) => number)).toEqual(
      Array.from({ length: 12 }, (_, nth) => `0000${123 + nth}`),
    )
    expect(invoices.map(({ amount }: { amount: unknown }) => amount)).toEqual([
      ...[13.37, 32.08, 50.79, 69.5, 88.21, 106.92, 125.63, 144.34, 163.05, 181.76, 200.47, 219.18],
    ])
    expect(invoices.slice(0, 6).map(({ note }: { note: unknown }) => note)).toEqual([
      null,
      '',
      'Discount for orders < 100 & returns',
      'Sent again to Müller in Łódź',
      null,
      '2 × "Ware" & Porto, 5 € each',
    ])
    expect(new Set(invoices.map(({ status }: { status: unknown }) => status))).toEqual(
      new Set(['open', 'paid', 'overdue']),
    )
  })

  test('has an empty list where a customer has no invoices, not null and not nothing', async () => {
    expect((await json('/customers/3/overview')).invoices).toEqual([])
  })

  test('joins products to orders with one call, whatever the number of orders', async () => {
    const { orders, products } = await json('/customers/1/overview?orders=25')
    const skus = orders.map(({ sku }: { sku: string }) => sku)
    expect(orders).toHaveLength(25)
    expect(products.map(({ sku }: { sku: string }) => sku)).toEqual(skus)
    const distinct = [...new Set(skus)]
    expect(demo.asked('shop')).toEqual([
      '/orders?userId=1&_limit=25',
      `/products?${distinct.map((sku) => `sku=${sku}`).join('&')}`,
    ])
  })

  test('asks for ten orders where nobody says how many', async () => {
    expect((await json('/customers/4/overview')).orders).toHaveLength(10)
  })

  test.each([
    ['billing', 'invoices', []],
    ['rates', 'rates', undefined],
  ] as const)('goes without %s, and says so', async (backend, part, fallback) => {
    demo.backends[backend].control({ status: 500 })
    const reply = await demo.get('/customers/2/overview?orders=1')
    expect(reply.status).toBe(200)
    expect(reply.headers.get('facet-partial')).toBe(`${part};reason=backend-status`)
    expect(JSON.parse(reply.text)).toEqual({ ...SECOND, [part]: fallback })
  })
})

describe('the customer overview for mobile', () => {
  test('is a name and a number', async () => {
    expect((await demo.get('/customers/1/overview?orders=3', 'mobile')).text).toBe(
      '{"name":"Leanne Graham","orders":3}',
    )
  })

  test('calls only what it reads: crm and orders', async () => {
    await json('/customers/1/overview?orders=3', 'mobile')
    expect(demo.asked('crm')).toEqual(['/users/1'])
    expect(demo.asked('shop')).toEqual(['/orders?userId=1&_limit=3'])
    expect([demo.asked('billing'), demo.asked('rates')]).toEqual([[], []])
  })
})

describe('the customer overview for desktop', () => {
  const overview = (invoices: string, open: string) =>
    `${XML}<customer-overview ${XSI}><customer><id>2</id><number>00002</number><name>Ervin Howell</name><email>Shanna@melissa.tv</email>` +
    '<city>Wisokyburgh</city></customer><orders><item><id>26</id><sku>SKU-1011</sku><quantity>4</quantity><total>188.4</total></item></orders>' +
    `${invoices}<open>${open}</open></customer-overview>`

  test('is XML, with a list where there is one invoice', async () => {
    const invoice =
      '<item><number>0000135</number><amount>237.89</amount><currency>EUR</currency><due>2026-12-01</due><status>open</status><note xsi:nil="true"/></item>'
    expect(await xml('/customers/2/overview?orders=1')).toBe(overview(`<invoices>${invoice}</invoices>`, '237.89'))
    expect(demo.asked('rates')).toEqual([])
  })

  test.each([
    [1, 12],
    [2, 1],
    [3, 0],
  ])('has of customer %i a list of %i', async (id, count) => {
    const text = await xml(`/customers/${id}/overview?orders=1`)
    const [, list = ''] = /<invoices>(.*)<\/invoices>|<invoices\/>/.exec(text) ?? ['', 'no invoices']
    expect(list.match(/<item>/g) ?? []).toHaveLength(count)
  })

  test('sums what is open to the cent', async () => {
    expect(/<open>(.*)<\/open>/.exec(await xml('/customers/1/overview'))?.[1]).toMatch(/^\d+(\.\d{1,2})?$/)
  })

  test('has names of other alphabets in UTF-8', async () => {
    expect(await xml('/customers/1/overview')).toContain('Sent again to Müller in Łódź')
  })
})

describe.each(['web', 'mobile', 'desktop'])('of a customer whom nobody knows, %s', (client) => {
  test('is told 404 and which source said so', async () => {
    expectProblem(await demo.get('/customers/999/overview', client), 'resource-unknown', 'customer')
  })
})

describe('the catalogue', () => {
  test('is slow once, and then comes from the cache: one call of the backend for all clients', async () => {
    const started = performance.now()
    const first = await demo.get('/catalog')
    expect(performance.now() - started).toBeGreaterThan(140)
    expect(first.headers.get('cache-status')).toBe('Facet; fwd=uri-miss; stored; detail="call miss"')
    const second = await demo.get('/catalog')
    expect(second.text).toBe(first.text)
    expect(second.headers.get('cache-status')).toMatch(/^Facet; hit; ttl=(60|59)$/)
    await demo.get('/catalog', 'mobile')
    await demo.get('/catalog', 'desktop')
    expect(demo.asked('shop')).toEqual(['/catalog'])
  })

  test('is objects for web, rows for mobile, items for desktop', async () => {
    const web = await json('/catalog')
    expect(Object.keys(web)).toEqual(['generated', 'items'])
    expect(web.items).toHaveLength(600)
    expect(web.items[0]).toEqual({ sku: 'SKU-1001-0', title: 'Oak Lamp, natural, S', price: 55.46, stock: 4 })
    const mobile = await json('/catalog', 'mobile')
    expect(mobile).toHaveLength(600)
    expect(mobile[0]).toEqual(['SKU-1001-0', 'Oak Lamp, natural, S', 55.46])
    const text = await xml('/catalog')
    expect(text.match(/<item>/g)).toHaveLength(600)
    expect(text).toContain(
      `<catalog ${XSI}><generated>2026-11-20T09:30:00.000Z</generated><items><item><sku>SKU-1001-0`,
    )
  })
})
