import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Accepts no more, lets what is in flight finish within a bound, then cuts. Resolves to whether all finished. */
export type Drain = (milliseconds: number) => Promise<boolean>

/** How often it is looked for connections that are no longer used, in milliseconds. */
const SWEEP = 50
/** How long a connection is kept on which nothing has been asked yet (Node 26 itself keeps none). Milliseconds. */
const UNUSED = 1_000

/** A way to end a server without cutting anybody off. */
export function drainer(server: Server): Drain {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return async (milliseconds) => {
    let finished = true
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    // Node would say keep-alive and close: a client that believed it would lose the next request that it sends.
    server.prependListener('request', (_, response) => last(response))
    for (const socket of sockets) last((socket as Answering)._httpMessage)
    // A kept-alive connection becomes idle when its answer is out; without this it would be waited for until it times out.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP)
    // To Node 24 a connection without a first request is not idle, and a browser opens some in advance.
    const unused = setTimeout(() => {
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
    }, UNUSED)
    const cut = setTimeout(() => {
      finished = false
      // The server itself no longer knows of those that have switched to another protocol.
      for (const socket of sockets) socket.destroy()
    }, milliseconds)
    await closed
    clearInterval(sweep)
    clearTimeout(unused)
    clearTimeout(cut)
    // Connections that were cut tell it only now, and what they were busy with is theirs to log, not a failed backend's.
    do await new Promise((resolve) => setImmediate(resolve))
    while (sockets.size > 0)
    return finished
  }
}

/** Node keeps the response that a connection is busy with in a field of the socket. */
type Answering = Socket & { readonly _httpMessage?: ServerResponse | null }

/** After this answer the connection ends, and the answer says so. */
function last(response: ServerResponse | null | undefined): void {
  if (response) response.shouldKeepAlive = false
}
