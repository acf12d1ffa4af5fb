import overview from '../../routes/customer-overview.ts'
import { web } from './_client.ts'

/** The whole shape, in the order in which the page shows it. A product that the shop no longer knows is left out. */
export default web.transform(overview, ({ customer, orders, products, invoices, rates }) => ({
  customer,
  orders,
  products: products.filter((product) => product !== undefined),
  invoices,
  rates,
}))
