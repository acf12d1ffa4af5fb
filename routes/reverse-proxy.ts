import { proxy } from 'facet'
import { crm } from './_backends/crm.ts'

/** `/reverseproxy/users?id=1` is the CRM's `/users?id=1`; so is the shorter `/reverseproxy?id=1`. */
export default proxy('ANY /reverseproxy/*path', crm, {
  summary: 'The CRM, passed through as it is',
  rewrite: { '/': '/users' },
})
