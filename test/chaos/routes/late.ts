import { endpoint, optional } from 'facet'
import { z } from 'zod'
import { crm, customer } from '../../../routes/_backends/crm.ts'

const deadline = '1500ms'

/** The same, as a load that goes on when one of those who wait for it has left. */
const shared = crm.get('/users/:id', {
  name: 'shared customer',
  output: z.object({ id: z.number(), name: z.string() }),
  cache: { ttl: '0s' },
})

/** The optional source is too late before the required one is, which asks the same and must not be given up with it. */
const alone = endpoint('GET /chaos/late/:id', { deadline })
  .source('quick', optional(customer).lastGood({ maxAge: '1m' }).after('150ms'), ({ params }) => ({ id: params.id }))
  .source('customer', customer, ({ params }) => ({ id: params.id }))

/** The same where both wait for one load. */
const together = endpoint('GET /chaos/late-shared/:id', { deadline })
  .source('quick', optional(shared).lastGood({ maxAge: '1m' }).after('150ms'), ({ params }) => ({ id: params.id }))
  .source('customer', shared, ({ params }) => ({ id: params.id }))

export default [alone, together]
