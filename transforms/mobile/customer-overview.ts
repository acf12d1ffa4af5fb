import overview from '../../routes/customer-overview.ts'
import { mobile } from './_client.ts'

export default mobile.transform(overview, ['customer', 'orders'], ({ customer, orders }) => ({
  name: customer.name,
  orders: orders.length,
}))
