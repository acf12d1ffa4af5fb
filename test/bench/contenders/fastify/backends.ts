import { XMLParser } from 'fast-xml-parser'
import { Agent, request } from 'undici'
import { backendUrl } from '../../support/child.ts'
import type { Invoice, JsonAnswer, Order, Product, User } from '../../support/shapes.ts'
import { INVOICES_HEADERS, invoicesRequest } from '../../support/soap.ts'

const crm = backendUrl('CRM_URL')
const shop = backendUrl('SHOP_URL')
const billing = backendUrl('BILLING_URL')
const answers = backendUrl('ANSWERS_URL')

/** One agent for all backends: a pool of kept-alive connections each. */
export const dispatcher = new Agent({ pipelining: 1 })

/** A customer from the CRM, cut to what is shown. */
export async function customer(userId: string): Promise<JsonAnswer['customer']> {
  const { id, number, name, email, address } = await getJson<User>(`${crm}/users/${userId}`)
  return { id, number, name, email, city: address.city }
}

/** A user by the CRM's query, which answers a list of one. */
export async function manager(userId: string): Promise<JsonAnswer['manager']> {
  const [{ id, name }] = await getJson<[User]>(`${crm}/users?id=${userId}`)
  return { id, name }
}

/** The orders of a customer, and their products: one request for all of them, joined one entry per order. */
export async function bought(userId: string, limit: number): Promise<Pick<JsonAnswer, 'orders' | 'products'>> {
  const answer = await getJson<Order[]>(`${shop}/orders?userId=${userId}&_limit=${limit}`)
  const orders = answer.map(({ id, sku, quantity, total }) => ({ id, sku, quantity, total }))
  if (orders.length === 0) return { orders, products: [] }
  const skus = new Set(orders.map(({ sku }) => sku))
  const query = new URLSearchParams([...skus].map((sku) => ['sku', sku]))
  const products = await getJson<Product[]>(`${shop}/products?${query}`)
  const bySku = new Map(products.map(({ sku, title, price }) => [sku, { sku, title, price }]))
  return { orders, products: orders.map(({ sku }) => bySku.get(sku) ?? null) }
}

/** An answer that one call brings whole. */
export function single(id: string): Promise<JsonAnswer> {
  return getJson<JsonAnswer>(`${answers}/answers/${id}`)
}

interface ParsedInvoice {
  '@status': string
  Number: string
  Amount: { '#text': string; '@currency': string }
  Due: string
  Note?: string | { '@nil': string }
}

const latin1 = new TextDecoder('iso-8859-1')
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  // Without it, character references (&#x141;) stay as they are.
  htmlEntities: true,
  isArray: (name) => name === 'Invoice',
})

/** The open and paid invoices of a customer, from the SOAP service. */
export async function invoices(customerNumber: string): Promise<Invoice[]> {
  const url = `${billing}/billing`
  const body = invoicesRequest(customerNumber)
  const response = await request(url, { dispatcher, method: 'POST', headers: INVOICES_HEADERS, body })
  const bytes = await (await successful(url, response)).body.arrayBuffer()
  const answer = parser.parse(latin1.decode(bytes)).Envelope.Body.GetInvoicesResponse
  const list: ParsedInvoice[] = answer.Invoice ?? []
  return list.map((invoice) => ({
    number: invoice.Number,
    amount: Number(invoice.Amount['#text']),
    currency: invoice.Amount['@currency'],
    due: invoice.Due,
    status: invoice['@status'],
    note: typeof invoice.Note === 'string' ? invoice.Note : null,
  }))
}

async function getJson<T>(url: string): Promise<T> {
  const response = await request(url, { dispatcher, headers: { accept: 'application/json' } })
  return (await successful(url, response)).body.json() as Promise<T>
}

type Response = Awaited<ReturnType<typeof request>>

async function successful(url: string, response: Response): Promise<Response> {
  if (response.statusCode === 200) return response
  await response.body.dump()
  throw new Error(`${url} answered ${response.statusCode}`)
}
