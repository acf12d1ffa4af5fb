import type { Readable } from 'node:stream'
import { errors, Pool } from 'undici'
import type { AskOrigin } from '../cache/http/messages.ts'
import type { Runtime } from '../call/call.ts'
import type { Upstream } from '../endpoint/proxy.ts'
import { FacetError } from '../errors.ts'
import { Fields } from '../lib/fields.ts'

/** Milliseconds without a byte after which an answer is given up. */
const IDLE = 300_000

/** A way to ask a backend for what may be kept. */
export interface Origin {
  /** The absolute URL of a path and query: what is kept is kept under it. */
  urlOf(path: string): string
  /**
   * @param more names and values in turn, beside those that the cache has seen
   * @param who the same, where the answer is for this client alone
   */
  ask(method: string, path: string, more: readonly string[], who: readonly string[]): AskOrigin
  close(): Promise<void>
}

/** Opens a pool of connections to a proxied backend. */
export function openOrigin(backend: Upstream, runtime: Runtime): Origin {
  const { origin, pathname } = new URL(runtime.resolve(backend.url))
  const base = pathname.replace(/\/+$/, '')
  const common = backend.headers.flatMap(([name, value]) => [name, runtime.resolve(value)])
  const replaced = new Set([...backend.headers.map(([name]) => name.toLowerCase()), 'host'])
  const pool = new Pool(origin, {
    connections: 256,
    connect: { timeout: backend.timeout },
    headersTimeout: backend.timeout,
    bodyTimeout: IDLE,
    allowH2: false,
  })
  return {
    urlOf: (path) => origin + base + path,
    ask: (method, path, more, who) => async (fields, token, isShared) => {
      const requested = Date.now()
      const abort = new AbortController()
      const cancel = (reason: unknown) => abort.abort(reason)
      token.on(cancel)
      try {
        const { statusCode, headers, body } = await pool.request({
          method: method as 'GET',
          path: base + path,
          headers: [...fields.without(replaced).raw, ...common, ...more, ...(isShared ? [] : who)],
          signal: abort.signal,
          responseHeaders: 'raw',
        })
        // The body goes on, also where whoever asked for the head no longer waits.
        const raw = (headers as unknown as readonly (string | Buffer)[]).map(text)
        return { status: statusCode, fields: new Fields(raw), requested, received: Date.now(), body: guarded(body) }
      } catch (error) {
        throw token.aborted ? token.reason : failureOf(error)
      } finally {
        token.off(cancel)
      }
    },
    close: () => pool.destroy(),
  }
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

function text(value: string | Buffer): string {
  return typeof value === 'string' ? value : value.toString('latin1')
}

function failureOf(error: unknown): FacetError {
  const isLate = error instanceof errors.HeadersTimeoutError || error instanceof errors.ConnectTimeoutError
  const isMalformed = error instanceof errors.HTTPParserError
  return new FacetError(isLate ? 'backend-timeout' : isMalformed ? 'backend-malformed' : 'backend-unreachable', {
    cause: error,
  })
}
