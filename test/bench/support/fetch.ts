import { request as ask } from 'node:http'

const ANSWER_MS = 10_000

/** A whole answer, with the header names as they came. */
export interface Fetched {
  status: number
  headers: Record<string, string>
  /** In order and in lower case. */
  headerNames: string[]
  body: Buffer
}

/**
 * One request on a connection that is kept alive, as the load generator's are, so that the same headers come back: a GET, or a
 * POST where there is a body.
 */
export function fetchOnce(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const request = ask(
      { method, host: '127.0.0.1', port, path, headers: { accept: 'application/json', ...type, ...headers } },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
            headerNames: response.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()),
            body: Buffer.concat(chunks),
          })
        })
      },
    )
    request.setTimeout(ANSWER_MS, () => request.destroy(new Error(`no answer to ${path} in ${ANSWER_MS} ms`)))
    request.on('error', reject)
    request.end(body)
  })
}
