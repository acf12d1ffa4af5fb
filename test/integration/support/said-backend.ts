import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A real HTTP server that answers as a test says, and remembers the heads that it was asked with. */
export interface SaidBackend {
  readonly url: string
  readonly port: number
  readonly requests: readonly IncomingMessage[]
  /** The last request's, several lines of a field joined. */
  readonly last: IncomingMessage['headers']
  /** Says how the next requests are answered. */
  answer(with_: (request: IncomingMessage, response: ServerResponse) => void): void
  close(): Promise<void>
}

/** Starts one, that answers with 200 and nothing else until it is told otherwise. */
export async function saidBackend(): Promise<SaidBackend> {
  let answer = (_: IncomingMessage, response: ServerResponse): void => void response.end('ok')
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    request.resume()
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    get last() {
      return requests.at(-1)?.headers ?? {}
    },
    answer: (with_) => {
      answer = with_
    },
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
