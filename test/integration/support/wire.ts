import { createConnection } from 'node:net'

/** An answer, read from the wire by hand. */
export interface WireReply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** A connection to a server, without an HTTP client that would mend what is said or judge what is answered. */
export interface Wire {
  write(text: string): void
  /**
   * The next whole answer; rejects where the connection ends before, or nothing comes for five seconds.
   *
   * @param method `HEAD` where the answer has no body for that reason
   */
  reply(method?: 'GET' | 'HEAD'): Promise<WireReply>
  /** Settles when the server has ended the connection: with what it sent that nobody has read. */
  readonly ended: Promise<string>
  /** Leaves, without a goodbye. */
  hangUp(): void
}

const PATIENCE_MS = 5_000

/** Opens a connection to where a URL points. */
export async function wire(url: string): Promise<Wire> {
  const { port, hostname } = new URL(url)
  const socket = createConnection({ port: Number(port), host: hostname, allowHalfOpen: false })
  let received = ''
  let over = false
  let wake = () => {}
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
    wake()
  })
  const ended = new Promise<string>((resolve) => {
    socket.on('close', () => {
      over = true
      wake()
      resolve(received)
    })
  })
  socket.on('error', () => {})
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return {
    ended,
    write: (text) => void socket.write(text, 'latin1'),
    hangUp: () => void socket.destroy(),
    reply: async (method = 'GET') => {
      const started = Date.now()
      for (;;) {
        const found = parse(received, method, over)
        if (found) {
          received = received.slice(found.length)
          return found.reply
        }
        if (over) throw new Error(`the connection ended in the middle of an answer: ${JSON.stringify(received)}`)
        const left = PATIENCE_MS - (Date.now() - started)
        if (left <= 0) throw new Error(`no whole answer came: ${JSON.stringify(received)}`)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
    },
  }
}

/** Says one thing on a connection of its own, and gives the first answer. */
export async function say(url: string, text: string): Promise<WireReply> {
  const connection = await wire(url)
  try {
    connection.write(text)
    return await connection.reply()
  } finally {
    connection.hangUp()
  }
}

/** The head of a request as text, with its empty line. */
export function head(target: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): string {
  const lines = Object.entries({ Host: 'facet.test', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`
}

function parse(text: string, method: string, over: boolean): { reply: WireReply; length: number } | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3})( |$)/.exec(first)?.[1])
  if (Number.isNaN(status)) throw new Error(`this is no status line: ${JSON.stringify(first)}`)
  const headers = new Headers(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  )
  const start = end + 4
  const done = (body: string, length: number) => ({ reply: { status, headers, text: utf8(body) }, length })
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return done('', start)
  if (headers.get('transfer-encoding') === 'chunked') {
    let body = ''
    for (let at = start; ; ) {
      const lineEnd = text.indexOf('\r\n', at)
      if (lineEnd < 0) return undefined
      const size = Number.parseInt(text.slice(at, lineEnd), 16)
      const next = lineEnd + 2 + size + 2
      if (text.length < next) return undefined
      if (size === 0) return done(body, next)
      body += text.slice(lineEnd + 2, lineEnd + 2 + size)
      at = next
    }
  }
  const length = headers.get('content-length')
  if (length === null) return over ? done(text.slice(start), text.length) : undefined
  const total = start + Number(length)
  return text.length < total ? undefined : done(text.slice(start, total), total)
}

const utf8 = (latin1: string) => Buffer.from(latin1, 'latin1').toString('utf8')
