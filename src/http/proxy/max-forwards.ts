import { FacetError } from '../../errors.ts'
import type { RequestContext } from '../context.ts'

/**
 * Answers a request that nobody may pass on any further (`Max-Forwards: 0`; RFC 9110, section 7.6.2) as its last recipient. A TRACE
 * is not sent back: what proxies on the way have added to it is not for the client.
 */
export function answerLast(context: RequestContext): void {
  if (context.record.method === 'TRACE') throw new FacetError('method-unknown', { headers: { Allow: 'OPTIONS' } })
  context.response.writeHead(204, ['Allow', 'OPTIONS', 'X-Request-Id', context.requestId] as never)
  context.response.end()
  context.done(204)
}
