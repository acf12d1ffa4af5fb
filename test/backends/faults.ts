import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Control } from './control.ts'
import { json, type Reply, reply } from './reply.ts'

// Neither JSON nor XML, nor UTF-8.
const GARBAGE = Buffer.from([
  0x00, 0xff, 0xfe, 0x3c, 0x7b, 0x80, 0xc3, 0x28, 0x0d, 0x07, 0xf5, 0x5d, 0x26, 0x1b, 0xa0, 0x00,
])
const PAGE =
  '<!doctype html>\n<html><head><title>Sorry</title></head><body><h1>Something went wrong</h1></body></html>\n'

/** The status to fail this request with, or null where it is to be answered. */
export function failureOf({ failureRate, status }: Control): number | null {
  const fails = failureRate > 0 ? Math.random() < failureRate : status !== null
  return fails ? (status ?? 500) : null
}

/** How long to hold this answer back, in milliseconds. */
export function delayOf({ latencyMs, jitterMs }: Control): number {
  return jitterMs > 0 ? latencyMs + Math.random() * jitterMs : latencyMs
}

/** Runs `act` after a delay, unless the client or the server has closed the connection by then. */
export function later(response: ServerResponse, delayMs: number, act: () => void): void {
  if (delayMs === 0) {
    act()
  } else {
    const timer = setTimeout(act, delayMs)
    response.once('close', () => clearTimeout(timer))
  }
}

/** The answer to a request that is made to fail. */
export function failure(status: number): Reply {
  return json(status, { error: 'injected failure', status })
}

/** Sends a whole, sound reply. */
export function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, headers)
  response.end(body)
}

/** Sends a reply with the damage that the control state asks for. */
export function sendDamaged(response: ServerResponse, sound: Reply, damage: Control['body']): void {
  if (damage === 'truncated') {
    response.writeHead(sound.status, sound.headers)
    // Cut only when the first half is out, so that the client has read the head and is in the middle of the body.
    response.write(half(sound.body), () => response.destroy())
  } else {
    send(response, damaged(sound, damage))
  }
}

/** Breaks the connection with a TCP reset, so that the client sees ECONNRESET and not an orderly end. */
export function breakConnection(request: IncomingMessage): void {
  request.socket.resetAndDestroy()
}

function damaged(sound: Reply, damage: Control['body']): Reply {
  const type = sound.headers[sound.headers.indexOf('content-type') + 1] ?? 'application/octet-stream'
  switch (damage) {
    case 'cut':
      return reply(sound.status, type, half(sound.body))
    case 'garbage':
      return reply(sound.status, type, GARBAGE)
    case 'html':
      return reply(sound.status, 'text/html; charset=utf-8', PAGE)
    case 'empty':
      return reply(sound.status, type, '')
    default:
      return sound
  }
}

function half(body: Buffer): Buffer {
  return body.subarray(0, body.length >> 1)
}
