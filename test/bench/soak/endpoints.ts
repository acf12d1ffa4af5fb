import { endpoint, env, proxy, rest, xml } from 'facet'
import { z } from 'zod'
import { BILLING, statementSchema } from '../xml/statement.ts'

const json = rest('json', { url: env('STATEMENTS_URL') })
const documents = xml('documents', { url: env('STATEMENTS_URL') })

const cache = { ttl: '1h' } as const
const fresh = json.get('/json/:id', { name: 'fresh', output: statementSchema })
const kept = json.get('/json/:id', { name: 'kept', output: statementSchema, cache })
const numbers = json.get('/numbers/:id', {
  output: z.object({ points: z.array(z.object({ x: z.number(), y: z.number() })) }),
  cache,
})
const whole = documents.get('/xml/:id', { name: 'whole', output: statementSchema, cache })
/** A little of each document: what it was cut out of must not stay without being reckoned. */
const some = z.object({ Invoice: z.array(z.object({ Note: z.string().nullable() })) })
const part = documents.get('/xml/:id', {
  name: 'part',
  output: z.object({ Body: z.object({ GetStatementResponse: xml.element(some, { ns: BILLING }) }) }),
  cache,
})

interface HasInvoices {
  readonly statement: { readonly Body: { readonly GetStatementResponse: { readonly Invoice: readonly unknown[] } } }
}

/** Where a call's answer is what is kept, the reply is short. */
const countOf = ({ statement }: HasInvoices) => ({ invoices: statement.Body.GetStatementResponse.Invoice.length })

export const routes = [
  endpoint('GET /reply/:id', { cache }).source('statement', fresh, ({ params }) => params),
  endpoint('GET /call/:id')
    .source('statement', kept, ({ params }) => params)
    .merge(countOf),
  endpoint('GET /both/:id', { cache }).source('statement', kept, ({ params }) => params),
  endpoint('GET /xml/whole/:id')
    .source('statement', whole, ({ params }) => params)
    .merge(countOf),
  endpoint('GET /xml/part/:id')
    .source('statement', part, ({ params }) => params)
    .merge(countOf),
  endpoint('GET /numbers/:id')
    .source('numbers', numbers, ({ params }) => params)
    .merge(({ numbers }) => ({ points: numbers.points.length })),
  proxy('ANY /proxied/*path', json, { cache: { ttl: 'origin' } }),
]
