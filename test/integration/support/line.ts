import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'
import { until } from './until.ts'

/** A connection on which every byte is said and heard as it is; text is latin1. */
export interface Line {
  readonly socket: Socket
  /** All that has come, whole. */
  readonly heard: string
  readonly isClosed: boolean
  /** The code of the error that it has ended with, for example `ECONNRESET`. */
  readonly error: string | undefined
  say(text: string): void
  /** Waits until so much has come. @returns all that has come */
  hears(what: string | RegExp): Promise<string>
  /** Waits until the other side has ended it. @returns all that has come */
  closed(): Promise<string>
  /** Ends it, without a goodbye. */
  hangUp(): void
}

/** Opens a connection to where a URL points. */
export async function line(url: string): Promise<Line> {
  const { port, hostname } = new URL(url)
  const socket = createConnection({ port: Number(port), host: hostname })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return listenTo(socket)
}

function listenTo(socket: Socket): Line {
  let heard = ''
  let isClosed = false
  let error: string | undefined
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1')
  })
  socket.on('error', ({ code }: NodeJS.ErrnoException) => {
    error = code
  })
  socket.on('close', () => {
    isClosed = true
  })
  const has = (what: string | RegExp) => (typeof what === 'string' ? heard.includes(what) : what.test(heard))
  return {
    socket,
    get heard() {
      return heard
    },
    get isClosed() {
      return isClosed
    },
    get error() {
      return error
    },
    say: (text) => void socket.write(text, 'latin1'),
    hears: async (what) => {
      await until(`${what} is heard`, () => has(what)).catch((cause: Error) => {
        throw new Error(`${cause.message}; but ${JSON.stringify(heard.slice(0, 2_000))}`)
      })
      return heard
    },
    closed: async () => {
      await until('the connection is closed', () => isClosed)
      return heard
    },
    hangUp: () => void socket.destroy(),
  }
}

/** A backend on a bare socket. */
export interface LineBackend {
  readonly url: string
  /** Every connection that there was, the oldest first. */
  readonly lines: readonly Line[]
  /** How many of them are open now. */
  readonly open: number
  /** What it says on each connection whenever a request's head, or the next one's, has arrived. */
  answer: (line: Line, head: string) => void
  /** The connection on which the last request has come. */
  readonly last: Line
  /** Waits until so many requests have come since it began. */
  asked(count: number): Promise<void>
  readonly requests: readonly string[]
  close(): Promise<void>
}

/** Requests are told apart by their method: a body must not look like a request line. */
export async function lineBackend(): Promise<LineBackend> {
  const lines: Line[] = []
  const requests: string[] = []
  let last: Line | undefined
  const server = createServer((socket) => {
    const line = listenTo(socket)
    lines.push(line)
    let seen = 0
    socket.on('data', () => {
      for (;;) {
        const found = /[A-Z-]+ \/\S* HTTP\/1\.1\r\n(?:.+\r\n)*\r\n/.exec(line.heard.slice(seen))
        if (!found) return
        seen += found.index + found[0].length
        last = line
        requests.push(found[0])
        backend.answer(line, found[0])
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const backend: LineBackend = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lines,
    requests,
    answer: (line) => line.say(OK),
    get open() {
      return lines.filter(({ isClosed }) => !isClosed).length
    },
    get last() {
      return last as Line
    },
    asked: (count) => until(`${count} requests have come`, () => requests.length >= count),
    close: () => {
      for (const { socket } of lines) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return backend
}

/** An answer without surprises. */
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** A request as text, with a `Host`. @param fields lines of its head */
export function asks(line: string, fields: readonly string[] = [], body = ''): string {
  return `${line} HTTP/1.1\r\n${['Host: facet.test', ...fields].join('\r\n')}\r\n\r\n${body}`
}
