import { Agent } from 'node:http'
import axios from 'axios'
import { Parser, processors } from 'xml2js'
import { backendUrl } from '../../support/child.ts'
import type { Invoice, JsonAnswer, Order, Product, User } from '../../support/shapes.ts'
import { INVOICES_HEADERS, invoicesRequest } from '../../support/soap.ts'

const TIMEOUT_MS = 10_000

/** Connections are kept alive; axios alone would open one per request. */
export const httpAgent = new Agent({ keepAlive: true })

const crm = axios.create({ baseURL: backendUrl('CRM_URL'), httpAgent, timeout: TIMEOUT_MS })
const shop = axios.create({ baseURL: backendUrl('SHOP_URL'), httpAgent, timeout: TIMEOUT_MS })
const billing = axios.create({ baseURL: backendUrl('BILLING_URL'), httpAgent, timeout: TIMEOUT_MS })
const answers = axios.create({ baseURL: backendUrl('ANSWERS_URL'), httpAgent, timeout: TIMEOUT_MS })

/** A customer from the CRM, cut to what is shown. */
export async function customer(userId: string): Promise<JsonAnswer['customer']> {
  const { data } = await crm.get<User>(`/users/${userId}`)
  return { id: data.id, number: data.number, name: data.name, email: data.email, city: data.address.city }
}

/** A user by the CRM's query, which answers a list of one. */
export async function manager(userId: string): Promise<JsonAnswer['manager']> {
  const { data } = await crm.get<[User]>('/users', { params: { id: userId } })
  const [{ id, name }] = data
  return { id, name }
}

/** The orders of a customer, and their products: one request for all of them, joined one entry per order. */
export async function bought(userId: string, limit: number): Promise<Pick<JsonAnswer, 'orders' | 'products'>> {
  const { data } = await shop.get<Order[]>('/orders', { params: { userId, _limit: limit } })
  const orders = data.map(({ id, sku, quantity, total }) => ({ id, sku, quantity, total }))
  if (orders.length === 0) return { orders, products: [] }
  const skus = new Set(orders.map(({ sku }) => sku))
  const params = new URLSearchParams([...skus].map((sku) => ['sku', sku]))
  const { data: products } = await shop.get<Product[]>('/products', { params })
  const bySku = new Map(products.map(({ sku, title, price }) => [sku, { sku, title, price }]))
  return { orders, products: orders.map(({ sku }) => bySku.get(sku) ?? null) }
}

/** An answer that one call brings whole. */
export async function single(id: string): Promise<JsonAnswer> {
  const { data } = await answers.get<JsonAnswer>(`/answers/${id}`)
  return data
}

interface ParsedInvoice {
  $: { status: string }
  Number: string
  Amount: { _: string; $: { currency: string } }
  Due: string
  Note?: string | { $: Record<string, string> }
}

const latin1 = new TextDecoder('iso-8859-1')
const OPTIONS = { explicitArray: false, tagNameProcessors: [processors.stripPrefix] }

/** The open and paid invoices of a customer, from the SOAP service. */
export async function invoices(customerNumber: string): Promise<Invoice[]> {
  const { data } = await billing.post<Buffer>('/billing', invoicesRequest(customerNumber), {
    headers: INVOICES_HEADERS,
    responseType: 'arraybuffer',
  })
  // A parser a document: xml2js keeps the state of the one it is parsing.
  const parsed = await new Parser(OPTIONS).parseStringPromise(latin1.decode(data))
  return listOf<ParsedInvoice>(parsed.Envelope.Body.GetInvoicesResponse.Invoice).map((invoice) => ({
    number: invoice.Number,
    amount: Number(invoice.Amount._),
    currency: invoice.Amount.$.currency,
    due: invoice.Due,
    status: invoice.$.status,
    note: typeof invoice.Note === 'string' ? invoice.Note : null,
  }))
}

/** xml2js gives nothing for no element, the element itself for one, and a list for more. */
function listOf<T>(value: T | T[] | undefined): T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}
