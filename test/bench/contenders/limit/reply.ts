import { hash, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** An answer that is ready to be sent, now or again. */
export interface Prepared {
  text: string
  /** How `text` becomes bytes. Latin-1 is what node writes with the least work, together with the head. */
  encoding: 'latin1' | 'utf8'
  length: string
  etag: string
}

/** Turns a value into what is sent of it. Text of one byte a character is ASCII, which is Latin-1 as well. */
export function prepare(value: unknown): Prepared {
  const text = JSON.stringify(value)
  const length = Buffer.byteLength(text)
  const encoding = length === text.length ? 'latin1' : 'utf8'
  return { text, encoding, length: String(length), etag: `"${hash('sha1', text, 'base64')}"` }
}

/** For an answer that is sent often: a text whose characters stand for the bytes of its UTF-8. */
export function toLatin1(prepared: Prepared): Prepared {
  return { ...prepared, text: Buffer.from(prepared.text).toString('latin1'), encoding: 'latin1' }
}

/** Sends an answer with the headers that Facet sends, or a 304. `extra` are more headers: name, value, name, value. */
export function send(
  req: IncomingMessage,
  res: ServerResponse,
  { text, encoding, length, etag }: Prepared,
  extra: string[],
): void {
  const always = [
    'etag',
    etag,
    'cache-control',
    'private, no-cache',
    'vary',
    'X-Client, Accept',
    'x-request-id',
    randomUUID(),
    'x-content-type-options',
    'nosniff',
    ...extra,
  ]
  if (ifNoneMatch(req.rawHeaders)?.includes(etag)) {
    res.writeHead(304, always)
    res.end()
    return
  }
  res.writeHead(200, ['content-type', 'application/json; charset=utf-8', 'content-length', length, ...always])
  res.end(text, encoding)
}

/** Ends a request for which there is no answer. */
export function refuse(res: ServerResponse, status: number): void {
  res.writeHead(status, ['content-length', '0'])
  res.end()
}

/** Looks through the raw headers, because the first look at `req.headers` builds an object of all of them. */
function ifNoneMatch(raw: readonly string[]): string | undefined {
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string
    if (name.length === 13 && name.toLowerCase() === 'if-none-match') return raw[index + 1]
  }
  return undefined
}
