import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it has arrived, whole. */
export interface Arrived {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A server that says who it is and what it was asked. */
export interface Echo {
  readonly url: string
  readonly requests: readonly Arrived[]
  /** What it does from now on, instead of answering. */
  behave(answer: (response: ServerResponse, arrived: Arrived) => void): void
  close(): Promise<void>
}

/** @param name what its answers begin with, before the method and the target */
export async function echo(name: string): Promise<Echo> {
  const requests: Arrived[] = []
  let behaviour: Parameters<Echo['behave']>[0] = (response, { method, url }) =>
    void response.end(`${name} ${method} ${url}`)
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of incoming) chunks.push(chunk as Buffer)
    } catch {
      return
    }
    const { method = '', url = '', headers } = incoming
    const arrived = { method, url, headers, body: Buffer.concat(chunks).toString() }
    requests.push(arrived)
    behaviour(response, arrived)
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    behave: (answer) => {
      behaviour = answer
    },
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
