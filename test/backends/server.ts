import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { admin } from './admin.ts'
import { CALM, type Control, checkControl } from './control.ts'
import { breakConnection, delayOf, failure, failureOf, later, send, sendDamaged } from './faults.ts'
import { type Handler, json, type Reply } from './reply.ts'
import { LARGEST_BODY, readBody } from './request-body.ts'

export type { Control } from './control.ts'

/** One request as a mock backend received it. */
export interface LoggedRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A running mock backend. */
export interface MockBackend {
  readonly name: string
  /** Where it is reached, for instance `http://127.0.0.1:4001`, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** The newest 1000 requests, oldest first; a live view. The backend's own `/_…` routes are not in it. */
  readonly requests: readonly LoggedRequest[]
  /** Changes what it does from the next request on; @throws Error where a field is unknown or wrong. */
  control(change: Partial<Control>): void
  /** Faults off, the log emptied, and the data as they were at the start. */
  reset(): void
  /** Cuts all connections; settles when the port is free. */
  close(): Promise<void>
}

/** Where to listen, the same for every mock backend. */
export interface StartOptions {
  /** The address to listen on; 127.0.0.1 unless said otherwise, 0.0.0.0 in a container. */
  readonly host?: string | undefined
  /** How long an idle connection is kept, in milliseconds; a minute unless said otherwise. */
  readonly keepAliveMs?: number | undefined
}

/** What makes a mock backend. */
export interface MockOptions extends StartOptions {
  readonly name: string
  /** 0, the default, is any free port. */
  readonly port?: number | undefined
  readonly handler: Handler
  /** The control state to start with; `reset` goes back to none. */
  readonly faults?: Partial<Control> | undefined
  /** Puts the handler's own state back. */
  readonly onReset?: (() => void) | undefined
}

const LONGEST_LOG = 1000
const TOO_LARGE = json(413, { error: `the body is larger than ${LARGEST_BODY} bytes` })
// Connection pools must not meet a connection that is being closed: clients give up idle ones long before this.
const KEEP_ALIVE_MS = 60_000

/**
 * Starts a mock backend: `handler` on a real HTTP server, with a request log, with faults that can be switched on, and with
 * `/_health`, `/_control` and `/_requests` to steer it from outside.
 * @returns when it listens; rejects where it cannot, for instance with `crm: port 4001 is already in use`.
 */
export async function startMock(options: MockOptions): Promise<MockBackend> {
  const { name, handler, host = '127.0.0.1', port = 0, keepAliveMs = KEEP_ALIVE_MS } = options
  const requests: LoggedRequest[] = []
  let state: Readonly<Control> = { ...CALM, ...checkControl(options.faults ?? {}) }

  const mock = {
    name,
    requests,
    state: () => state,
    control(change: unknown) {
      state = { ...state, ...checkControl(change) }
    },
    reset() {
      state = CALM
      requests.length = 0
      options.onReset?.()
    },
  }

  function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const { method = 'GET', url = '/' } = request
    const own = url.startsWith('/_') ? admin(mock, method, url, body) : undefined
    if (own) {
      send(response, own)
      return
    }
    if (state.log) {
      requests.push({ method, url, headers: request.headers, body })
      if (requests.length > LONGEST_LOG) requests.shift()
    }
    const faults = state.only === null || url.includes(state.only) ? state : CALM
    if (faults.reset) {
      later(response, delayOf(faults), () => breakConnection(request))
      return
    }
    // The backend acts now, and only the answer is late: that is how a timed-out payment comes to be made twice.
    const status = failureOf(faults)
    const reply = status === null ? handled(request, body) : failure(status)
    later(response, delayOf(faults) + (reply.delayMs ?? 0), () => sendDamaged(response, reply, faults.body))
  }

  function handled(request: IncomingMessage, body: string): Reply {
    try {
      return handler(request, body)
    } catch (error) {
      return json(500, { error: `${name}: ${error instanceof Error ? error.message : String(error)}` })
    }
  }

  const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
    readBody(request, (body) => {
      if (body === null) send(response, TOO_LARGE)
      else answer(request, response, body)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'EADDRINUSE' ? `port ${port} is already in use` : cause.message
      reject(new Error(`${name}: ${reason}`, { cause }))
    })
    server.listen(port, host, resolve)
  })

  const actual = (server.address() as AddressInfo).port
  let closed: Promise<void> | undefined
  return {
    name,
    url: `http://${reachable(host)}:${actual}`,
    port: actual,
    requests,
    control: mock.control,
    reset: mock.reset,
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      return closed
    },
  }
}

/** A name to reach a listening address by: the wildcards are no addresses to call. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
