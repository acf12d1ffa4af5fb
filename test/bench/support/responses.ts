const HEAD_END = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n')

/**
 * A reader of pipelined-by-one HTTP/1.1 responses: calls `onResponse` with the status once a response is complete.
 * It knows as much of HTTP as the contenders use, because its cost falls on the machine that is being measured:
 * bodies with a content-length, chunked ones, and 204 and 304 without one.
 */
export function responseReader(onResponse: (status: number) => void): (chunk: Buffer) => void {
  let head: Buffer | null = null
  let status = 0
  /** Bytes of the body still to come; `null` while a head is awaited; -1 in a chunked body. */
  let left: number | null = null
  let tail: Buffer = Buffer.alloc(0)

  function done(): void {
    left = null
    tail = Buffer.alloc(0)
    onResponse(status)
  }

  function body(chunk: Buffer): void {
    if (left === -1) {
      // A JSON text has no bare CRLF, so this sequence at the end of what has come is the end of the body.
      tail = Buffer.concat([tail, chunk]).subarray(-LAST_CHUNK.length)
      if (tail.equals(LAST_CHUNK) || tail.equals(LAST_CHUNK.subarray(2))) done()
    } else if (left !== null) {
      left -= chunk.length
      if (left < 0) throw new Error('more bytes than the content-length said')
      if (left === 0) done()
    }
  }

  return (chunk) => {
    if (left !== null) {
      body(chunk)
      return
    }
    const bytes = head ? Buffer.concat([head, chunk]) : chunk
    const end = bytes.indexOf(HEAD_END)
    if (end < 0) {
      head = bytes
      return
    }
    head = null
    const text = bytes.toString('latin1', 0, end)
    status = Number(text.slice(9, 12))
    left = bodyLength(text, status)
    if (left === 0) done()
    else if (end + HEAD_END.length < bytes.length) body(bytes.subarray(end + HEAD_END.length))
  }
}

function bodyLength(head: string, status: number): number {
  if (status === 204 || status === 304) return 0
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) return Number(length)
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return -1
  throw new Error(`a response of unknown length:\n${head}`)
}
