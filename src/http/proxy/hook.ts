import { inScope, mistake, synchronous } from '../../call/scope.ts'
import type { Format } from '../../endpoint/client.ts'
import type { ProxiedMessage } from '../../endpoint/proxy-transform-options.ts'
import { FacetError } from '../../errors.ts'
import type { RequestContext } from '../context.ts'

/** What a message has beside its request and its body. */
type Rest<M extends ProxiedMessage> = Omit<M, 'method' | 'path' | 'query' | 'body'>

/**
 * What a team's hook makes of a body.
 *
 * @param name whose it is, for the log
 * @param rest what is to be known of the message; the names of fields come in lower case
 * @throws FacetError what it throws of the table itself, `internal` for everything else, a promise and undefined among it
 */
export function runHook<M extends ProxiedMessage>(
  name: string,
  hook: (message: M) => unknown,
  context: RequestContext,
  rest: Rest<M>,
  body: unknown,
): unknown {
  const message = {
    ...rest,
    method: context.record.method,
    path: context.path,
    query: new URLSearchParams(context.search),
    header: (field: string) => rest.header(field.toLowerCase()),
    body,
  } as unknown as M
  let given: unknown
  try {
    given = inScope({ caller: context, token: context.token }, hook, message)
  } catch (error) {
    throw mistake(name, error)
  }
  const value = synchronous(name, given)
  if (value === undefined) throw new FacetError('internal', { detail: `${name} has returned nothing to send` })
  return value
}

/** The failure of a hook whose value is none of a format's. */
export function unwritable(name: string, format: Format, cause: unknown): FacetError {
  return new FacetError('internal', { detail: `what ${name} returns cannot be written as ${format}`, cause })
}
