import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dispatcher, Pool } from 'undici'
import { refuse } from './reply.ts'

/** Headers that belong to one connection (RFC 9110, section 7.6.1), and `host`, which undici sets. */
const NOT_FORWARDED = new Set(['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'host'])

/** Passes a GET or a POST through to a backend, head and bytes as they come. */
export function forward(pool: Pool, path: string, req: IncomingMessage, res: ServerResponse): void {
  const isPost = req.method === 'POST'
  pool.dispatch(
    { method: isPost ? 'POST' : 'GET', path, headers: endToEnd(req.rawHeaders), body: isPost ? req : null },
    new Forwarding(res),
  )
}

class Forwarding implements Dispatcher.DispatchHandler {
  #res: ServerResponse

  constructor(res: ServerResponse) {
    this.#res = res
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#res.on('close', () => {
      if (!this.#res.writableFinished) controller.abort(new Error('the client has left'))
    })
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    const raw = controller.rawHeaders as Buffer[]
    const headers = endToEnd(raw.map((bytes) => bytes.toString('latin1')))
    this.#res.writeHead(status, [...headers, 'via', '1.1 limit', 'x-request-id', randomUUID()])
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#res.write(chunk)) return
    controller.pause()
    this.#res.once('drain', () => controller.resume())
  }

  onResponseEnd(): void {
    this.#res.end()
  }

  onResponseError(): void {
    if (this.#res.headersSent) this.#res.destroy()
    else refuse(this.#res, 502)
  }
}

function endToEnd(raw: readonly string[]): string[] {
  const kept: string[] = []
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string
    if (!NOT_FORWARDED.has(name.toLowerCase())) kept.push(name, raw[index + 1] as string)
  }
  return kept
}
