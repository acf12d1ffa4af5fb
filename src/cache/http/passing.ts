import { Fields } from '../../lib/fields.ts'
import { endToEnd } from './connection.ts'
import type { OriginResponse, Served } from './messages.ts'

/** A response as it comes, for one client. @param why what `Cache-Status` says of it, '' where it is to be said later */
export function passedOn(
  { status, fields, body, reason, trailers }: OriginResponse,
  method: string,
  why: string,
): Served {
  const isEmpty = method === 'HEAD' || status === 204 || status === 304
  if (isEmpty) void drain(body)
  const trailer = fields.get('trailer')
  return withStatus(
    { status, fields: endToEnd(fields), body: isEmpty ? undefined : body, reason, trailers, trailer },
    why,
  )
}

/** With what Facet says of it, see `told`; '' for nothing yet. */
export function withStatus(served: Served, why: string): Served {
  return why === '' ? served : { ...served, fields: served.fields.with(told(served.fields, why)) }
}

/** The Cache-Status of a message, with the `Facet` member after those of the caches before it (RFC 9211, section 2). */
export function told(fields: Fields, why: string): Fields {
  const before = fields.get('cache-status')
  const member = `Facet; ${why}`
  return new Fields(['Cache-Status', before ? `${before}, ${member}` : member])
}

/** Reads a body that nobody wants, so that its connection can be used again. */
export async function drain(body: Served['body']): Promise<void> {
  if (!body || Buffer.isBuffer(body)) return
  try {
    for await (const _ of body);
  } catch {}
}

/** The cookies of a response. */
export function cookiesOf(fields: Fields): Fields {
  return new Fields(fields.all('set-cookie').flatMap((cookie) => ['Set-Cookie', cookie]))
}

/** Lets go of a body that nobody will read. */
export function discard(body: Served['body']): void {
  if (body && !Buffer.isBuffer(body)) void body[Symbol.asyncIterator]().return?.()
}
