import { Agent } from 'node:http'
import axios from 'axios'
import { endpoint, env, rest } from 'facet'
import { z } from 'zod'

/** A proxy of the machine is not what is asked. */
const client = axios.create({ proxy: false, httpAgent: new Agent({ keepAlive: true, maxSockets: 64 }) })

/** The CRM, as a team asks it that has an axios instance: the same faults by another way. It is asked too seldom for a limit that has shrunk to matter, unless places get lost. */
const crm = rest('crm-own-client', {
  url: env('CRM_URL'),
  client,
  timeout: '1s',
  retries: 1,
  concurrency: { adaptive: true },
  // Few as its calls are, those that probe it take their time, too.
  breaker: { open: '2s' },
})

const customer = crm.get('/users/:id', { output: z.object({ id: z.number(), name: z.string() }) })

export default endpoint('GET /chaos/own-client/:id', { deadline: '1500ms' }).source(
  'customer',
  customer,
  ({ params }) => ({ id: params.id }),
)
