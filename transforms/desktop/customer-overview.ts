import overview from '../../routes/customer-overview.ts'
import { desktop } from './_client.ts'

export default desktop.transform(overview, ['customer', 'orders', 'invoices'], ({ customer, orders, invoices }) => ({
  customer,
  orders,
  invoices,
  open: invoices.filter(({ status }) => status !== 'paid').reduce((sum, { amount }) => sum + amount, 0),
}))
