import type { IncomingMessage } from 'node:http'

/** The most bytes a request body may have: 1 MB. */
export const LARGEST_BODY = 1_048_576

/**
 * Reads a request's body and gives it to `done`: at once where there is none, so that a GET costs no turn of the loop; never
 * where the client leaves; null where it is larger than `LARGEST_BODY`.
 */
export function readBody(request: IncomingMessage, done: (body: string | null) => void): void {
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers
  if (coding === undefined && (length === undefined || length === '0')) {
    done('')
    return
  }
  let chunks: Buffer[] = []
  let size = 0
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    // What is too large is read to its end and thrown away: closing early could lose the 413 on its way to the client.
    if (size > LARGEST_BODY) chunks = []
    else chunks.push(chunk)
  })
  request.on('end', () => done(size > LARGEST_BODY ? null : decode(chunks, request.headers['content-type'] ?? '')))
  request.on('error', () => {}) // A client that leaves halfway needs no answer.
}

const LATIN1 = /charset\s*=\s*["']?(?:iso-8859-1|latin1|us-ascii)/i
const LATIN1_XML = /^<\?xml[^>]{0,100}encoding\s*=\s*["'](?:iso-8859-1|latin1|us-ascii)["']/i

/** UTF-8, unless the media type or else the XML declaration says Latin-1. */
function decode(chunks: readonly Buffer[], type: string): string {
  const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
  if (LATIN1.test(type)) return bytes.toString('latin1')
  if (!/charset/i.test(type) && LATIN1_XML.test(bytes.toString('latin1', 0, 160))) return bytes.toString('latin1')
  return bytes.toString('utf8')
}
