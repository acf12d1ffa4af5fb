import { request as ask, createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Harness, HarnessReply } from 'facet/testing'

/** What a backend has got, in bytes. */
export interface Got {
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A backend that takes and gives bytes, whatever their coding and charset. */
export interface ByteBackend {
  readonly url: string
  readonly got: readonly Got[]
  /** How many of its answers somebody has not waited for. */
  readonly aborted: number
  /** The newest request. */
  last(): Got
  /** From now on every request is answered so. */
  answer(how: (got: Got, response: ServerResponse) => void): void
  /** The same with a body of a media type. */
  says(type: string, body: string | Uint8Array, more?: Readonly<Record<string, string>>, status?: number): void
  /** Forgets what it has got. */
  reset(): void
  close(): Promise<void>
}

export async function byteBackend(): Promise<ByteBackend> {
  let got: Got[] = []
  let aborted = 0
  let answer: (got: Got, response: ServerResponse) => void = (_, response) => void response.end()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    response.on('close', () => response.writableFinished || aborted++)
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return
    }
    const one = { headers: request.headers, body: Buffer.concat(chunks) }
    got.push(one)
    answer(one, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get got() {
      return got
    },
    get aborted() {
      return aborted
    },
    last: () => got.at(-1) as Got,
    answer: (how) => {
      answer = how
    },
    says: (type, body, more = {}, status = 200) => {
      answer = (_, response) => {
        const length = String(Buffer.byteLength(body))
        response.writeHead(status, { 'Content-Type': type, 'Content-Length': length, ...more }).end(body)
      }
    },
    reset: () => {
      got = []
      aborted = 0
    },
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Posts a body as it is. */
export function post(
  facet: Harness,
  path: string,
  body: string | Uint8Array,
  type: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<HarnessReply> {
  return facet.request(path, { method: 'POST', body: body as string, headers: { 'Content-Type': type, ...headers } })
}

/** The bytes of an answer as they are on the wire: `fetch` undoes their coding, and says what it accepts. */
export async function bytesOf(
  facet: Harness,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ readonly headers: Headers; readonly bytes: Buffer }> {
  return await new Promise((resolve, reject) => {
    const asked = ask(`${facet.url}${path}`, { headers, agent: false }, async (reply) => {
      const chunks: Buffer[] = []
      for await (const chunk of reply) chunks.push(chunk as Buffer)
      resolve({ headers: new Headers(reply.headers as Record<string, string>), bytes: Buffer.concat(chunks) })
    })
    asked.on('error', reject).end()
  })
}
