import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { type MockBackend, startRates } from './index.ts'

let rates: MockBackend
beforeAll(async () => {
  rates = await startRates()
})
afterAll(() => rates.close())

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  isArray: (name) => name === 'Rate',
})

interface Rate {
  readonly currency: string
  readonly value: string
  readonly 'm:source': string
}

async function get(
  path: string,
): Promise<{ status: number; text: string; root: Record<string, unknown>; rows: Rate[] }> {
  const response = await fetch(rates.url + path)
  expect(response.headers.get('content-type')).toBe('application/xml; charset=utf-8')
  const text = await response.text()
  expect(text.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n')).toBe(true)
  expect(XMLValidator.validate(text)).toBe(true)
  const document = parser.parse(text)
  const root = document.ExchangeRates ?? document.Error
  return { status: response.status, text, root, rows: root.Rate ?? [] }
}

test('GET /rates has eight currencies, all in attributes, in two namespaces', async () => {
  const { status, root, rows } = await get('/rates?base=EUR')
  expect(status).toBe(200)
  expect(root).toMatchObject({
    xmlns: 'urn:acme:rates:v1',
    'xmlns:m': 'urn:acme:market:v1',
    base: 'EUR',
    'm:asOf': '2026-11-20',
  })
  expect(rows).toHaveLength(8)
  expect(rows[0]).toEqual({ currency: 'USD', value: '1.0842', 'm:source': 'ECB' })
  expect(new Set(rows.map(({ currency }) => currency)).size).toBe(8)
})

test('a zero at the end of a rate stays', async () => {
  expect((await get('/rates?base=EUR&currency=SEK')).text).toContain('value="11.4870"')
})

test('EUR is the base unless said otherwise', async () => {
  expect((await get('/rates')).text).toBe((await get('/rates?base=EUR')).text)
})

test('another base has the crossed rates', async () => {
  const { root, rows } = await get('/rates?base=USD')
  expect(root.base).toBe('USD')
  expect(rows.map(({ currency }) => currency)).toEqual(['EUR', 'GBP', 'JPY', 'CHF', 'PLN', 'SEK', 'CZK', 'NOK'])
  expect(Number(rows[0]?.value) * 1.0842).toBeCloseTo(1, 5)
})

test('currency filters: to one, to several, or to none', async () => {
  expect((await get('/rates?base=EUR&currency=USD')).rows.map(({ currency }) => currency)).toEqual(['USD'])
  expect((await get('/rates?currency=CHF&currency=GBP')).rows.map(({ currency }) => currency)).toEqual(['GBP', 'CHF'])
  const none = await get('/rates?base=EUR&currency=XXX')
  expect([none.status, none.rows]).toEqual([200, []])
})

test('an unknown base is a 404 in XML, whatever stands in it', async () => {
  const { status, root, text } = await get(`/rates?base=${encodeURIComponent('<"&Ł')}`)
  expect([status, root.code]).toEqual([404, 'unknown-base'])
  expect(text).toContain('message="no rates for &lt;&quot;&amp;&#x141;"')
  // XML cannot hold a control character, not even as a reference.
  expect((await get('/rates?base=%01')).text).toContain('message="no rates for &#xfffd;"')
  expect((await get('/rates?base=toString')).status).toBe(404)
})

test('other paths are 404 in XML, too', async () => {
  expect(await get('/other')).toMatchObject({ status: 404, root: { code: 'unknown-resource' } })
})
