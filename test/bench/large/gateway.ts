/**
 * A Facet of two endpoints, in a process of its own: one reads a large XML document and answers a few numbers of it, the
 * other one is the small request that must not have to wait for that. No caches. `READER` says how the document is read.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { app, client, endpoint, readConfig, rest } from 'facet'
import { destination } from 'pino'
import { z } from 'zod'
import { makeRegistry } from '../../../src/endpoint/registry.ts'
import { openLog } from '../../../src/ops/log.ts'
import { backendUrl, report } from '../support/child.ts'
import { summaryOf } from './documents.ts'
import { readerOf } from './readers.ts'

const crm = rest('crm', { url: backendUrl('CRM_URL') })
const customer = crm.get('/users/:id', { output: z.object({ id: z.number(), name: z.string() }) })
const statement = readerOf(process.env.READER, backendUrl('STATEMENTS_URL'))

const routes = [
  endpoint('GET /large/:id')
    .source('statement', statement, ({ params }) => ({ id: params.id }))
    .merge(({ statement }) => summaryOf(statement)),
  endpoint('GET /small/:id').source('customer', customer, ({ params }) => ({ id: params.id })),
]
const registry = makeRegistry(
  [{ file: 'gateway.ts', name: 'bench', routes }],
  [{ file: 'gateway.ts', client: client('web', { default: true }), transforms: [] }],
)
const { listener } = await app({ config: readConfig({}), registry })
openLog('info', destination({ dest: '/dev/null', sync: false, maxWrite: 131_072 }))

/** What is in it is the time from one tick of a timer of 1 ms to the next: with nothing to do, a little over 1 ms. */
const ticks = monitorEventLoopDelay({ resolution: 1 })
ticks.enable()

/** Milliseconds between ticks since the last reset. */
export interface Delay {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

function delay(): Delay {
  return { p50: ticks.percentile(50) / 1e6, p99: ticks.percentile(99) / 1e6, max: ticks.max / 1e6 }
}

const server = createServer(listener)
server.listen(0, '127.0.0.1', () =>
  report({ port: (server.address() as AddressInfo).port }, { delay, resetDelay: () => ticks.reset() }),
)
