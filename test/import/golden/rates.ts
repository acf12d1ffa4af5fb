// Written by `facet import wsdl rates.wsdl`, and from then on yours to edit.
// Service Rates, binding RatesBinding, port Rates (SOAP 1.1), at http://rates.example/.
import { env, type Output, soap, xml } from 'facet'
import { z } from 'zod'

const rates = soap('rates', {
  url: env('RATES_URL'),
  namespace: 'urn:example:rates',
})

const Currency = z.string().regex(/^[A-Z]{3}$/)

const Pair = z.object({
  from: xml.attr(Currency),
  to: xml.attr(Currency),
})

const RateRequest = z.object({
  Pair,
})

const RateAnswer = z.object({
  Rate: z.number(),
  At: z.string(), // xs:dateTime
})

const PairsRequest = z.object({})

const PairsAnswer = z.object({
  Pair: z.array(Pair),
})

export const rate = rates.operation('Rate', {
  // effect: 'read', if it changes nothing: then it may be cached, retried and shared
  action: 'rate',
  element: { name: 'RateRequest' },
  request: RateRequest,
  input: (input: z.input<typeof RateRequest>) => input,
  answer: { name: 'RateAnswer' },
  output: RateAnswer,
})
export type Rate = Output<typeof rate>

export const pairs = rates.operation('Pairs', {
  // effect: 'read', if it changes nothing: then it may be cached, retried and shared
  action: 'pairs',
  element: { name: 'PairsRequest' },
  request: PairsRequest,
  input: (input: z.input<typeof PairsRequest>) => input,
  answer: { name: 'PairsAnswer' },
  output: PairsAnswer,
})
export type Pairs = Output<typeof pairs>
