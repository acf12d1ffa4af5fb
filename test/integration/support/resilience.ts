import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterAll, beforeAll, expect } from '@jest/globals'
import type { Harness, HarnessReply } from 'facet/testing'
import { type BackendRecord, channels } from '../../../src/channels.ts'
import { listen } from '../../../src/http/server.ts'
import { controlListener } from '../../../src/ops/control.ts'
import { until } from './until.ts'

/** Milliseconds. */
export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** What is within a backend at the same time. */
export interface Gauge {
  now: number
  peak: number
  total: number
  /** Keeps one request for so many milliseconds. */
  during(ms: number): Promise<void>
}

export function gauge(): Gauge {
  const counts: Gauge = {
    now: 0,
    peak: 0,
    total: 0,
    during: async (ms) => {
      counts.total++
      counts.peak = Math.max(counts.peak, ++counts.now)
      await pause(ms)
      counts.now--
    },
  }
  return counts
}

/** Asks the same so many times, a few at once; all answers, in the order of their ends. */
export async function ask(
  facet: Harness,
  paths: readonly string[],
  times: number,
  atOnce: number,
): Promise<HarnessReply[]> {
  const replies: HarnessReply[] = []
  let next = 0
  const one = async () => {
    while (next < times) replies.push(await facet.get(paths[next++ % paths.length] as string))
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  return replies
}

/** How often there was each of some values. */
export function tally(values: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

/** Asserts that an app has nothing under way, and no timer that waits for anything. */
export async function nothingLeft(...facets: readonly Harness[]): Promise<void> {
  for (const { app } of facets) {
    await until('no timer is set', () => app.runtime.timers.size === 0)
    await until('no call is under way', () => app.backends().every(({ calls }) => (calls?.inFlight ?? 0) === 0))
    for (const { calls, instances } of app.backends()) {
      expect(calls).toMatchObject({ inFlight: 0, waiting: 0 })
      for (const { inFlight } of instances) expect(inFlight).toBe(0)
    }
  }
}

/** Hears of promises that nobody awaits. */
export function forgotten(): { readonly errors: unknown[]; close(): void } {
  const errors: unknown[] = []
  const hear = (error: unknown) => void errors.push(error)
  process.on('unhandledRejection', hear)
  return { errors, close: () => void process.off('unhandledRejection', hear) }
}

/** Asserts that the tests of a file leave no such promise behind. */
export function expectNothingForgotten(): void {
  let lost: ReturnType<typeof forgotten>
  beforeAll(() => {
    lost = forgotten()
  })
  afterAll(() => {
    lost.close()
    expect(lost.errors).toEqual([])
  })
}

/** Hears of what changes with backends. */
export function backendEvents(): { readonly records: BackendRecord[]; close(): void } {
  const records: BackendRecord[] = []
  const hear = (record: unknown) => void records.push(record as BackendRecord)
  channels.backend.subscribe(hear)
  return { records, close: () => void channels.backend.unsubscribe(hear) }
}

/** What `GET /backends` of the control API says of one backend. */
export async function controlled(facet: Harness, name: string): Promise<ReportedBackend> {
  const token = 'a-token-of-24-characters'
  const { port, drain } = await listen(controlListener(token, facet.app), 0, '127.0.0.1')
  try {
    const headers = { authorization: `Bearer ${token}`, connection: 'close' }
    const reply = await fetch(`http://127.0.0.1:${port}/backends`, { headers })
    const { backends } = (await reply.json()) as { backends: ReportedBackend[] }
    return backends.find((backend) => backend.name === name) as ReportedBackend
  } finally {
    await drain(500)
  }
}

export interface ReportedBackend {
  readonly name: string
  readonly breaker?: string
  readonly calls?: { readonly inFlight: number; readonly waiting: number; readonly limit: number }
  readonly instances: readonly { readonly address: string; readonly state: string; readonly ramp: number }[]
}

/** An instance of a backend at an address of loopback, which counts its connections and answers with its address. */
export interface PlacedInstance {
  readonly address: string
  readonly port: number
  readonly hosts: string[]
  readonly connections: number
  close(): Promise<void>
}

/** @param port a free one if not said */
export async function instanceAt(address: string, port = 0, delay = 5): Promise<PlacedInstance> {
  const sockets = new Set<Socket>()
  const hosts: string[] = []
  const server = createServer((request, response) => {
    hosts.push(request.headers.host ?? '')
    setTimeout(() => response.setHeader('content-type', 'application/json').end(JSON.stringify({ address })), delay)
  })
  server.keepAliveTimeout = 60_000
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve))
  return {
    address,
    port: (server.address() as AddressInfo).port,
    hosts,
    get connections() {
      return sockets.size
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
