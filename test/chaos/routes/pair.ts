import { endpoint, env, rest } from 'facet'
import { z } from 'zod'
import { EJECTED_AFTER, PAIR_NAME } from '../pair.ts'

/**
 * What an instance does wrong is to be seen within the time that it does it, and forgotten before the next thing goes wrong. The
 * timeout is longer than the deadline: from an instance that hangs only the hedge saves a request, and from one that is dead only the retry.
 */
const pair = rest(PAIR_NAME, {
  url: [env('EAST_URL'), env('WEST_URL')],
  timeout: '2s',
  retries: 1,
  health: { path: '/_health', interval: '500ms', timeout: '500ms', unhealthy: 2 },
  outliers: { failures: EJECTED_AFTER, ejection: '2500ms', longest: '2500ms' },
  slowStart: '2s',
})

const customer = pair.get('/users/:id', {
  output: z.object({ id: z.number(), name: z.string() }),
  hedge: { after: '100ms' },
})

/** While one of the two instances is broken the other one answers, and this does not fail. */
export default endpoint('GET /chaos/pair/:id', { deadline: '1500ms' }).source('customer', customer, ({ params }) => ({
  id: params.id,
}))
