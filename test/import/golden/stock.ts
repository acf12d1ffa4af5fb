// Written by `facet import wsdl stock.wsdl`, and from then on yours to edit.
// Service StockService, binding StockBinding, port Stock (SOAP 1.1), at http://stock.example/rpc.
import { env, type Output, soap, xml } from 'facet'
import { z } from 'zod'

const stock = soap('stock', {
  url: env('STOCK_URL'),
  namespace: 'urn:example:stock',
  style: 'rpc',
})

const Place = xml.namespace(
  'urn:example:stock:types',
  z.object({
    hall: z.int().min(-128).max(127),
    shelf: z.string(),
  }),
)

const LevelOfRequest = xml.namespace(
  '',
  z.object({
    sku: z.string(),
    near: Place,
  }),
)

const Level = xml.namespace(
  'urn:example:stock:types',
  z.object({
    sku: z.string(),
    count: z.int32(),
    place: z.array(Place).min(1),
  }),
)

const LevelOfResponse = xml.namespace(
  '',
  z.object({
    result: Level,
  }),
)

const CountRequest = z.object({})

const CountResponse = xml.namespace(
  '',
  z.object({
    result: z.uint64(),
  }),
)

/** Wie viele es noch gibt, für jeden Platz. */
export const levelOf = stock.operation('levelOf', {
  // effect: 'read', if it changes nothing: then it may be cached, retried and shared
  action: '',
  request: LevelOfRequest,
  input: (input: z.input<typeof LevelOfRequest>) => input,
  answer: { ns: 'urn:example:stock:answers' },
  output: LevelOfResponse,
})
export type LevelOf = Output<typeof levelOf>

export const count = stock.operation('count', {
  // effect: 'read', if it changes nothing: then it may be cached, retried and shared
  action: '',
  request: CountRequest,
  input: (input: z.input<typeof CountRequest>) => input,
  output: CountResponse,
})
export type Count = Output<typeof count>
