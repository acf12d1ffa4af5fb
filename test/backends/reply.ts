import type { IncomingMessage } from 'node:http'

/** What a mock backend answers. It is made once and sent many times, so it holds finished bytes and finished headers. */
export interface Reply {
  readonly status: number
  /** Names and values in turn, as `writeHead` takes them fastest; `content-length` is among them. */
  readonly headers: string[]
  readonly body: Buffer
  /** How long this answer takes of itself, in milliseconds: an expensive route, not a fault. */
  readonly delayMs?: number
}

/** Answers one request. It is called as soon as the request is read, even when a fault holds the answer back. */
export type Handler = (request: IncomingMessage, body: string) => Reply

/** A reply of any media type; a string goes out in UTF-8. `headers` are further names and values in turn. */
export function reply(status: number, type: string, content: string | Buffer, headers: readonly string[] = []): Reply {
  // 204 and 304 have no content, and a content-length there would make some clients wait for it.
  if (status === 204 || status === 304) return { status, headers: [...headers], body: Buffer.alloc(0) }
  const body = typeof content === 'string' ? Buffer.from(content) : content
  return { status, headers: ['content-type', type, 'content-length', String(body.length), ...headers], body }
}

/** A JSON reply. */
export function json(status: number, value: unknown, headers: readonly string[] = []): Reply {
  return reply(status, 'application/json; charset=utf-8', JSON.stringify(value), headers)
}

/** The path of a request target, without its query. */
export function pathOf(url: string): string {
  const mark = url.indexOf('?')
  return mark < 0 ? url : url.slice(0, mark)
}

/** The query of a request target. */
export function queryOf(url: string): URLSearchParams {
  const mark = url.indexOf('?')
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
}

/** The one path segment after `prefix`, decoded; undefined where the path is another one. */
export function segmentAfter(prefix: string, path: string): string | undefined {
  if (!path.startsWith(prefix)) return undefined
  const segment = path.slice(prefix.length)
  if (segment === '' || segment.includes('/')) return undefined
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined // A stray percent sign names nothing that exists.
  }
}

const MOST_REMEMBERED = 1000

/**
 * A handler for a backend that is only read and never changes: `render` is asked once for each URL, and the finished reply
 * is sent again after that. Whatever is not GET or HEAD gets 405.
 */
export function readOnly(render: (path: string, query: URLSearchParams) => Reply): Handler {
  const replies = new Map<string, Reply>()
  const refusal = json(405, { error: 'only GET is allowed here' }, ['allow', 'GET, HEAD'])
  return ({ method, url = '/' }) => {
    if (method !== 'GET' && method !== 'HEAD') return refusal
    const known = replies.get(url)
    if (known) return known
    if (replies.size >= MOST_REMEMBERED) replies.clear() // URLs are the caller's: they must not fill the memory.
    const made = render(pathOf(url), queryOf(url))
    replies.set(url, made)
    return made
  }
}
