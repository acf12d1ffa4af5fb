import type { IncomingMessage } from 'node:http'
import { type ParsedUrlQueryInput, stringify } from 'node:querystring'
import { FacetError } from '../../errors.ts'

/**
 * What a body parser in front of Facet has made of a body: in somebody's Express app it has read the request before it came here. It is
 * written again, in its own media type; the backend would else wait for what never comes.
 *
 * @throws FacetError `internal` for a body that is gone, or that cannot be written again
 */
export function swallowedBody(request: IncomingMessage): Buffer {
  const { body } = request as { readonly body?: unknown }
  if (Buffer.isBuffer(body)) return body
  if (typeof body === 'string') return Buffer.from(body)
  const type = request.headers['content-type'] ?? ''
  if (body !== undefined && /^application\/([\w.+-]+\+)?json\b/i.test(type)) return Buffer.from(JSON.stringify(body))
  if (typeof body === 'object' && body !== null && /^application\/x-www-form-urlencoded\b/i.test(type))
    return Buffer.from(stringify(body as ParsedUrlQueryInput))
  throw new FacetError('internal', {
    detail: `the body (${type || 'of no media type'}) was read by a middleware in front of Facet and cannot be passed on; mount that behind it`,
  })
}
