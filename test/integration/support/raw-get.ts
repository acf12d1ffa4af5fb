import { type IncomingHttpHeaders, request } from 'node:http'

/** An answer with its bytes as they came. */
export interface RawReply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Asks without what `fetch` does of itself: it says which codings it takes, and undoes them. */
export function rawGet(url: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      )
    })
    asked.on('error', reject)
    asked.end()
  })
}
