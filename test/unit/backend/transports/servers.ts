import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'

/** A server on a free port, with what a test wants to know of its connections. */
export interface Served {
  readonly url: string
  /** How many connections there have been, and how many of them are open. */
  readonly connections: { readonly made: number; readonly open: number }
  close(): Promise<void>
}

async function listening(server: Server, scheme = 'http'): Promise<Served> {
  const sockets = new Set<Socket>()
  let made = 0
  server.on('connection', (socket: Socket) => {
    made++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: {
      get made() {
        return made
      },
      get open() {
        return sockets.size
      },
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** A backend that speaks HTTP. */
export function httpServer(listener: RequestListener): Promise<Served> {
  const server = createServer(listener)
  server.keepAliveTimeout = 60_000
  return listening(server)
}

/** The same over TLS. */
export function httpsServer(certificate: { key: string; cert: string }, listener: RequestListener): Promise<Served> {
  return listening(createTlsServer(certificate, listener), 'https')
}

/** A backend that says to its socket what a test wants: `answer` is called for each piece that arrives, counted from 1. */
export function tcpServer(answer: (socket: Socket, piece: number) => void, scheme = 'http'): Promise<Served> {
  const server = createTcpServer((socket) => {
    let pieces = 0
    socket.on('data', () => answer(socket, ++pieces))
  })
  return listening(server, scheme)
}

/** Everything that a request says. */
export interface Heard {
  readonly method: string
  readonly url: string
  /** `name: value`, sorted, without what belongs to the connection or the client's library. */
  readonly headers: readonly string[]
  readonly body: string
}

/** What differs with the library and says nothing of the message. */
const LIBRARY: ReadonlySet<string> = new Set(['host', 'connection', 'user-agent', 'accept-encoding'])

/** A backend that keeps what it is told, and answers `{}`. */
export async function listener(answer?: (response: ServerResponse) => void): Promise<Served & { heard: Heard[] }> {
  const heard: Heard[] = []
  const served = await httpServer(async (request, response) => {
    heard.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: told(request),
      body: await textOf(request),
    })
    if (answer) answer(response)
    else response.end('{}')
  })
  return { ...served, heard }
}

function told({ rawHeaders }: IncomingMessage): string[] {
  const pairs = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] as string] as const] : []))
  return pairs
    .filter(([name]) => !LIBRARY.has(name.toLowerCase()))
    .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
    .sort()
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** Until a connection whose answer is there is free again: a pool that is asked at once takes another one. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10))
}
