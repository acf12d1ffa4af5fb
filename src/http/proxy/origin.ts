import type { Readable } from 'node:stream'
import { failureOf } from '../../backend/undici-failure.ts'
import type { AskOrigin } from '../../cache/http/messages.ts'
import type { Instance } from '../../call/balance/instance.ts'
import type { Runtime } from '../../call/call.ts'
import { Passage } from '../../call/passage.ts'
import { urlsOf } from '../../config-backends.ts'
import type { Upstream } from '../../endpoint/proxy-upstream.ts'
import { FacetError } from '../../errors.ts'
import { Fields } from '../../lib/fields.ts'
import { poolsOf, withServerName } from './pools.ts'

/** A way to ask a backend for what may be kept. */
export interface Origin {
  /** The absolute URL of a path and query: what is kept is kept under it. */
  urlOf(path: string): string
  /**
   * @param more names and values in turn, beside those that the cache has seen
   * @param who the same, where the answer is for this client alone
   * @param host what the backend is told to be; undefined for what it is
   */
  ask(
    method: string,
    path: string,
    more: readonly string[],
    who: readonly string[],
    host: string | undefined,
  ): AskOrigin
}

/**
 * The way to a backend whose answers are kept.
 *
 * @param common what every request is sent, names and values in turn
 */
export function openOrigin(backend: Upstream, common: readonly string[], runtime: Runtime): Origin {
  // Whichever instance it comes from, it is kept under the first one's.
  const { origin, pathname } = new URL(urlsOf(backend.url, runtime.resolve)[0]?.url as string)
  const base = pathname.replace(/\/+$/, '')
  const pools = poolsOf(backend, runtime)
  const passage = new Passage(runtime, backend)
  const request = async ({ method, path, headers, abort, host }: Asked, instance: Instance) => {
    const asked = {
      method: method as 'GET',
      path: instance.base + path,
      headers: [...headers, 'host', host ?? instance.authority],
      signal: abort.signal,
      responseHeaders: 'raw' as const,
    }
    const answer = pools.of(instance).request(host === undefined ? asked : withServerName(asked, instance))
    // The wait for a connection is part of it, of which undici's own timer knows nothing.
    const late = runtime.timers.set(backend.timeout, () => abort.abort(new FacetError('backend-timeout')))
    try {
      const found = await Promise.race([answer, givenUp(abort.signal)])
      const { statusCode: status, statusText: reason, headers: head, body, trailers } = found
      return { status, reason, headers: head, body, trailers }
    } catch (error) {
      throw failureOf(error)
    } finally {
      late.clear()
    }
  }
  return {
    urlOf: (path) => origin + base + path,
    ask: (method, path, more, who, host) => async (fields, token, isShared) => {
      const requested = Date.now()
      const abort = new AbortController()
      const cancel = (reason: unknown) => abort.abort(reason)
      token.on(cancel)
      try {
        const sent = [...fields.raw, ...common, ...more, ...(isShared ? [] : who)]
        const asked = { method, path, headers: sent, abort, host }
        const { status, reason, headers, body, trailers } = await passage.through(token, backend.timeout, (instance) =>
          request(asked, instance),
        )
        // The body goes on, also where whoever asked for the head no longer waits.
        const given = Fields.of(headers as unknown as readonly (string | Buffer)[])
        return {
          status,
          reason,
          fields: given,
          requested,
          received: Date.now(),
          body: guarded(body),
          trailers: () => flat(trailers),
        }
      } catch (error) {
        throw token.aborted ? token.reason : failureOf(error)
      } finally {
        token.off(cancel)
      }
    },
  }
}

/** One request, as it goes through the policies of its backend. */
interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: string[]
  readonly abort: AbortController
  readonly host: string | undefined
}

/** Rejects when a request is given up: undici tells of that only once it has a connection. */
function givenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** A body whose failure is one of the table's, and whose connection is closed where nobody wants it, begun or not. */
function guarded(body: Readable): AsyncIterable<Buffer> {
  return {
    [Symbol.asyncIterator]: () => {
      const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>
      return {
        next: async () => {
          try {
            return await chunks.next()
          } catch (error) {
            throw failureOf(error)
          }
        },
        return: async () => {
          // It is nobody's failure any more.
          body.on('error', () => {}).destroy()
          return { done: true, value: undefined }
        },
      }
    },
  }
}

/** Names and values in turn. */
function flat(fields: Readonly<Record<string, string | readonly string[]>>): string[] {
  return Object.entries(fields).flatMap(([name, values]) => [values].flat().flatMap((value) => [name, value]))
}
