import { afterAll, afterEach, beforeEach, expect } from '@jest/globals'
import { type BackendOptions, defineBackend } from '../../../../src/backend/backend.ts'
import { transportOf } from '../../../../src/backend/open-transport.ts'
import type { Answer, Outgoing, Transport } from '../../../../src/backend/transport.ts'
import type { Instance } from '../../../../src/call/balance/instance.ts'
import type { CallContext } from '../../../../src/call/call.ts'
import { upstreamOf } from '../../../../src/call/upstream.ts'
import { type TestContext, testContext, testRuntime } from '../../support/calls.ts'
import { rejectionOf } from '../../support/failure.ts'
import { type Served, tcpServer } from './servers.ts'

/** The option of a backend that chooses its way. */
export type Way = () => Pick<BackendOptions, 'client'>

/** What of a call a test says; the rest is a GET of `/` with five seconds. */
export interface Asked extends Partial<Outgoing> {
  readonly options?: Partial<BackendOptions>
  /** Milliseconds. */
  readonly timeout?: number
}

/** Servers and transports that end with the test, and ways to ask. */
export interface Bench {
  /** Of every call of the test. */
  readonly context: TestContext
  /** Says something else of the context from now on. */
  said(context: Partial<CallContext>): void
  serve<S extends Served>(served: Promise<S>): Promise<S>
  open(url: string, options?: Partial<BackendOptions>): Transport
  send(transport: Transport, asked?: Asked): Promise<Answer>
  /** Opens a transport, and asks once. */
  ask(url: string, asked?: Asked): Promise<Answer>
  /** The code with which asking fails, or the text of what is no failure from the table. */
  failing(url: string, asked?: Asked): Promise<string>
  /** The URL of a backend that says this to every request, and hangs up. */
  saying(text: string | Buffer): Promise<string>
}

/** Made inside of a `describe`. After each of its tests no timer and no listener may be left. */
export function bench(way: Way): Bench {
  const runtime = testRuntime({ TOKEN: 'from-environment', BROKEN: 'a\nb' })
  const instances = new WeakMap<Transport, Instance>()
  let opened = 0
  const closing: { close(): Promise<void> }[] = []
  let context: TestContext
  beforeEach(() => {
    context = testContext()
  })
  afterEach(async () => {
    const left = [runtime.timers.size, context.token.waiting]
    // Transports were opened after their servers.
    for (const each of closing.splice(0).reverse()) await each.close()
    expect(left).toEqual([0, 0])
  })
  afterAll(() => runtime.close())
  const self: Bench = {
    get context() {
      return context
    },
    said: (more) => {
      context = testContext(more)
    },
    serve: async (served) => {
      const server = await served
      closing.push(server)
      return server
    },
    open: (url, options = {}) => {
      const backend = defineBackend(`backend${++opened}`, { url, ...way(), ...options })
      const transport = transportOf(backend, runtime)
      instances.set(transport, upstreamOf(runtime, backend).instances.all[0] as Instance)
      closing.push(transport)
      return transport
    },
    send: (transport, { method = 'GET', path = '/', headers = [], body = null, timeout = 5_000 } = {}) =>
      transport.send({ method, path, headers, body }, context, instances.get(transport) as Instance, {
        attempt: timeout,
        headers: undefined,
        body: undefined,
      }),
    ask: async (url, asked = {}) => self.send(self.open(url, asked.options), asked),
    failing: async (url, asked) => {
      const error = await rejectionOf(self.ask(url, asked))
      return error.code
    },
    saying: async (text) => (await self.serve(tcpServer((socket) => socket.end(text)))).url,
  }
  return self
}
