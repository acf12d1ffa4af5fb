/** What the backends answer, as far as the contenders read it, and what all contenders answer from it. */

export interface User {
  id: number | string
  number: string
  name: string
  email: string
  address: { city: string }
}

export interface Order {
  id: number | string
  sku: string
  quantity: number
  total: number
}

export interface Product {
  sku: string
  title: string
  price: number
}

export interface Invoice {
  number: string
  amount: number
  currency: string
  due: string
  status: string
  note: string | null
}

export interface Customer {
  id: number | string
  number: string
  name: string
  email: string
  city: string
}

/** The answer of `/bench/json/:id`, `/bench/cached/:id` and `/bench/single/:id`. */
export interface JsonAnswer {
  customer: Customer
  orders: Order[]
  products: (Product | null)[]
  manager: { id: number | string; name: string }
}

/** The answer of `/bench/xml/:id`. */
export interface XmlAnswer {
  customer: Customer
  orders: Order[]
  products: (Product | null)[]
  invoices: Invoice[]
}

/** Orders of the aggregates, and of the cached one (whose answer is to be about 2 kB). */
export const ORDERS = 10
export const CACHED_ORDERS = 20
/** Seconds for which the cached answer may be used. */
export const CACHED_SECONDS = 60
/** The same for `/bench/single/:id`, of which as many answers are kept as anybody asks for here. */
export const SINGLE_SECONDS = 3_600
export const MOST_SINGLE = 110_000
/** The user whose name the JSON aggregate shows as the manager. */
export const MANAGER = '10'
