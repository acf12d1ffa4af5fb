import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How a scripted backend answers one request. */
export interface ScriptedReply {
  /** 200 if not said. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** A body to send as JSON. */
  readonly json?: unknown
  /** A body to send as it is. */
  readonly body?: string | Uint8Array
  /** Milliseconds before it answers. */
  readonly delay?: number
  /** Never answers. */
  readonly hang?: boolean
  /** Ends the connection without an answer. */
  readonly reset?: boolean
  /** Ends the connection after so many bytes of the body, which was announced as longer. */
  readonly cutAfter?: number
}

/** A request that a scripted backend got. */
export interface ScriptedRequest {
  readonly method: string
  /** Path and query, as they came. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Whether whoever asked left before the answer was out. */
  readonly aborted: boolean
}

/** A fixed reply, or one for each request. */
export type Script =
  | ScriptedReply
  | ((request: ScriptedRequest, count: number) => ScriptedReply | Promise<ScriptedReply>)

/** A backend that says what a test wants it to: a real HTTP server on a free port. */
export interface ScriptedBackend {
  readonly url: string
  /** Every request so far, in the order in which they came. */
  readonly requests: readonly ScriptedRequest[]
  /** The requests for one route, for example `GET /users/1`; the query does not count. */
  received(route: string): readonly ScriptedRequest[]
  /** Says how a route answers from now on. */
  on(route: string, script: Script): void
  close(): Promise<void>
}

/**
 * Starts a backend. A route is a method and a path without its query; what has no script is answered with 404.
 *
 * @example
 * const shop = await scriptedBackend({ 'GET /products/A': { json: { sku: 'A' } }, 'GET /orders': { delay: 50, json: [] } })
 */
export async function scriptedBackend(scripts: Readonly<Record<string, Script>> = {}): Promise<ScriptedBackend> {
  const known = new Map<string, Script>(Object.entries(scripts))
  const requests: { -readonly [K in keyof ScriptedRequest]: ScriptedRequest[K] }[] = []
  const routeOf = ({ method, url }: { method: string; url: string }) => `${method} ${url.split('?', 1)[0]}`
  const server = createServer(async (incoming, response) => {
    const request = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      body: '',
      aborted: false,
    }
    requests.push(request)
    response.on('close', () => {
      request.aborted = !response.writableFinished
    })
    try {
      for await (const chunk of incoming) request.body += chunk
    } catch {
      return
    }
    const script = known.get(routeOf(request)) ?? { status: 404, json: { error: 'no script' } }
    const count = requests.filter((other) => routeOf(other) === routeOf(request)).length
    const reply = typeof script === 'function' ? await script(request, count) : script
    if (reply.delay) await pause(reply.delay, response)
    if (response.destroyed) return
    if (reply.reset) incoming.socket.destroy()
    else if (!reply.hang) {
      const isJson = reply.json !== undefined
      const body = Buffer.from(isJson ? JSON.stringify(reply.json) : (reply.body ?? ''))
      response.writeHead(reply.status ?? 200, {
        'content-type': isJson ? 'application/json' : 'text/plain',
        'content-length': body.length,
        ...reply.headers,
      })
      if (reply.cutAfter === undefined) response.end(body)
      else response.write(body.subarray(0, reply.cutAfter), () => incoming.socket.destroy())
    }
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    received: (route) => requests.filter((request) => routeOf(request) === route),
    on: (route, script) => void known.set(route, script),
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Waits no longer than whoever asked: a delay must not keep a test's process alive. */
function pause(milliseconds: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    response.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
