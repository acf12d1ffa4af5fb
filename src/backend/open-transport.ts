import type { Runtime } from '../call/call.ts'
import { openAxiosTransport } from './axios-transport.ts'
import type { Backend } from './backend.ts'
import type { Transport } from './transport.ts'
import { openUndiciTransport } from './undici-transport.ts'

/** The way to a backend within one app, made on first use: the client that it brings, or else a pool of connections. */
export function transportOf(backend: Backend, runtime: Runtime): Transport {
  const { client } = backend
  return runtime.single(backend, () =>
    client ? openAxiosTransport(backend, client, runtime) : openUndiciTransport(backend, runtime),
  )
}
