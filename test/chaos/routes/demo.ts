import catalog from '../../../routes/catalog.ts'
import overview from '../../../routes/customer-overview.ts'
import payments from '../../../routes/payments.ts'
import reverseProxy from '../../../routes/reverse-proxy.ts'

/** The demo's own routes, so that they are served beside the suite's. */
export default [catalog, overview, payments, reverseProxy]
