import type { Pool } from 'undici'
import { type JsonAnswer, MANAGER, type Order, type Product, type User, type XmlAnswer } from '../../support/shapes.ts'
import { INVOICES_HEADERS, invoicesRequest } from '../../support/soap.ts'
import { scanInvoices } from './invoices.ts'
import { type Done, read } from './read.ts'

/** The pools that the aggregates read from. */
export interface Pools {
  crm: Pool
  shop: Pool
  billing: Pool
}

/** Called once, with the answer or with what went wrong. */
export type Finish = (error: Error | null, answer: object | null) => void

/** An answer whose parts are not there yet; all of them are named at once, so that they stand in the same order always. */
type Open<T> = { [K in keyof T]: T[K] | null }

const JSON_HEADERS = ['accept', 'application/json']
const SOAP_HEADERS = Object.entries(INVOICES_HEADERS).flat()
const NO_PRODUCTS = Buffer.from('[]')

/** Four JSON calls: customer, orders and manager at once, products when the orders are there. */
export function jsonAggregate(pools: Pools, id: string, limit: number, finish: Finish): void {
  const answer: Open<JsonAnswer> = { customer: null, orders: null, products: null, manager: null }
  const part = parts(4, answer, finish)
  readCustomer(pools, id, answer, part)
  readOrders(pools, id, limit, answer, part)
  get(
    pools.crm,
    `/users?id=${MANAGER}`,
    part((body) => {
      const [manager] = JSON.parse(body.toString()) as [User]
      answer.manager = { id: manager.id, name: manager.name }
    }),
  )
}

/** Three JSON calls and one SOAP call: customer and orders at once, then products and invoices. */
export function xmlAggregate(pools: Pools, id: string, limit: number, finish: Finish): void {
  const answer: Open<XmlAnswer> = { customer: null, orders: null, products: null, invoices: null }
  const part = parts(4, answer, finish)
  readOrders(pools, id, limit, answer, part)
  readCustomer(pools, id, answer, part, (number) => {
    const body = invoicesRequest(number)
    const done = part((xml) => {
      answer.invoices = scanInvoices(xml)
    })
    read(pools.billing, { method: 'POST', path: '/billing', headers: SOAP_HEADERS, body }, done)
  })
}

type Part = (take: (body: Buffer) => void) => Done

/** Counts the parts that are still out; the first failure finishes, and what comes after it is dropped. */
function parts(count: number, answer: object, finish: Finish): Part {
  let left = count
  const fail = (error: Error): void => {
    left = 0
    finish(error, null)
  }
  return (take) => (error, body) => {
    if (left === 0) return
    if (error) return fail(error)
    try {
      take(body)
    } catch (error) {
      return fail(error as Error)
    }
    if (--left === 0) finish(null, answer)
  }
}

/** One JSON call. */
export function get(pool: Pool, path: string, done: Done): void {
  read(pool, { method: 'GET', path, headers: JSON_HEADERS }, done)
}

function readCustomer(
  { crm }: Pools,
  userId: string,
  answer: Pick<Open<JsonAnswer>, 'customer'>,
  part: Part,
  then?: (number: string) => void,
): void {
  const done = part((body) => {
    const { id, number, name, email, address } = JSON.parse(body.toString()) as User
    answer.customer = { id, number, name, email, city: address.city }
    then?.(number)
  })
  get(crm, `/users/${userId}`, done)
}

function readOrders(
  { shop }: Pools,
  userId: string,
  limit: number,
  answer: Pick<Open<JsonAnswer>, 'orders' | 'products'>,
  part: Part,
): void {
  const done = part((body) => {
    const orders = (JSON.parse(body.toString()) as Order[]).map(({ id, sku, quantity, total }) => {
      return { id, sku, quantity, total }
    })
    answer.orders = orders
    const products = part((body) => {
      answer.products = join(orders, JSON.parse(body.toString()) as Product[])
    })
    if (orders.length === 0) products(null, NO_PRODUCTS)
    else get(shop, productsPath(orders), products)
  })
  get(shop, `/orders?userId=${userId}&_limit=${limit}`, done)
}

/** One request for all of them; each product once, however many orders name it. */
function productsPath(orders: readonly Order[]): string {
  const skus = new Set<string>()
  for (const { sku } of orders) skus.add(sku)
  let path = '/products'
  for (const sku of skus) path += `${path === '/products' ? '?' : '&'}sku=${encodeURIComponent(sku)}`
  return path
}

/** One entry per order, in their order; the batch comes in any order, and without the unknown ones. */
function join(orders: readonly Order[], products: readonly Product[]): (Product | null)[] {
  const bySku = new Map<string, Product>()
  for (const { sku, title, price } of products) bySku.set(sku, { sku, title, price })
  return orders.map(({ sku }) => bySku.get(sku) ?? null)
}
