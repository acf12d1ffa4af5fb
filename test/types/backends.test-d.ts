// What operations of backends infer from their path and their schemas, and what the compiler refuses.
import axios from 'axios'
import { client, env, FacetError, type Input, type Output, proxy, rest, soap, xml } from 'facet'
import { z } from 'zod'
import { check, checkNotAny, type Equal } from './equal.ts'

const shop = rest('shop', { url: env('SHOP_URL'), timeout: '2s', retries: 1, forward: ['accept-language'] })
const answer = z.object({ at: z.iso.date().transform((text) => new Date(text)) })

// Without `input`, the input is the path's parameters; with it, whatever the function takes.
const byPath = shop.get('/a/:id/b/:other', { output: answer })
check<Equal<keyof Input<typeof byPath>, 'id' | 'other'>>()
check<Equal<Output<typeof byPath>, { at: Date }>>()
const byInput = shop.post('/a/:id', {
  input: ({ id, note }: { id: number; note?: string }) => ({ params: { id }, query: { note }, body: { note } }),
  output: answer,
})
check<Equal<Input<typeof byInput>, { id: number; note?: string }>>()
const noInput = shop.get('/a', { output: answer })
check<Equal<keyof Input<typeof noInput>, never>>()
const lists = shop.get('/a', { input: (skus: string[]) => ({ query: { sku: skus } }), output: answer })
check<Equal<Input<typeof lists>, string[]>>()
const tagged = shop.get('/a/:id', { output: answer, cache: { ttl: '1m', tags: ({ id }) => [`a:${id}`] } })
checkNotAny<[Input<typeof byPath>, Output<typeof byPath>, Input<typeof byInput>, Output<typeof tagged>]>('no any')
checkNotAny<[Input<typeof noInput>, Input<typeof lists>]>('no any')

// @ts-expect-error a path starts with a slash
shop.get('a/:id', { output: answer })
// @ts-expect-error every answer has its schema
shop.get('/a/:id', {})
// @ts-expect-error a parameter of the path is missing
shop.get('/a/:id', { input: ({ a }: { a: string }) => ({ query: { a } }), output: answer })
// @ts-expect-error a misspelt parameter of the path
shop.get('/a/:id', { input: ({ a }: { a: string }) => ({ params: { idd: a } }), output: answer })
// @ts-expect-error a parameter that the path does not have
shop.get('/a', { input: ({ a }: { a: string }) => ({ params: { id: a } }), output: answer })
// @ts-expect-error an object cannot stand in a path
shop.get('/a/:id', { input: ({ a }: { a: object }) => ({ params: { id: a } }), output: answer })
// @ts-expect-error a misspelt part of the request
shop.get('/a', { input: ({ a }: { a: string }) => ({ querry: { a } }), output: answer })
// @ts-expect-error a misspelt option
shop.get('/a', { output: answer, retry: 2 })
// @ts-expect-error the tags of a call see its input
shop.get('/a/:id', { output: answer, cache: { ttl: '1m', tags: ({ nope }) => [nope] } })

// Tags of the answer see what `output` makes of it, and the input.
shop.get('/a/:id', {
  output: answer.transform((value) => [value, 1] as const),
  cache: {
    ttl: '1m',
    answerTags: (value, input) => {
      check<Equal<typeof value, readonly [z.output<typeof answer>, 1]>>()
      check<Equal<typeof input.id, Input<typeof tagged>['id']>>()
      return []
    },
  },
})
// @ts-expect-error the answer has no such property
shop.get('/a/:id', { output: answer, cache: { ttl: '1m', answerTags: ({ nope }) => [nope] } })

// SOAP: the input is the function's, what it gives is what `request` takes, the answer is what `output` makes.
const billing = soap('billing', { url: env('BILLING_URL'), namespace: 'urn:acme:billing:v1' })
const wire = z.object({ CustomerNo: z.string(), Limit: z.number().optional() })
const operation = billing.operation('GetInvoices', {
  effect: 'read',
  request: wire,
  input: ({ customer }: { customer: string }) => ({ CustomerNo: customer }),
  output: z.object({ Invoice: z.array(z.string()) }).transform(({ Invoice }) => Invoice.length),
})
check<Equal<Input<typeof operation>, { customer: string }>>()
check<Equal<Output<typeof operation>, number>>()
checkNotAny<[Input<typeof operation>, Output<typeof operation>]>('no any')
const noCustomer = ({ customer }: { customer: string }) => ({ Customer: customer })
// @ts-expect-error not what the request takes
billing.operation('GetInvoices', { request: wire, input: noCustomer, output: answer })
const wrongType = ({ customer }: { customer: number }) => ({ CustomerNo: customer })
// @ts-expect-error the wrong type of an element
billing.operation('GetInvoices', { request: wire, input: wrongType, output: answer })
// @ts-expect-error what is sent has its schema
billing.operation('GetInvoices', { input: (input: { a: string }) => input, output: answer })
// @ts-expect-error a service has its namespace
soap('billing', { url: env('BILLING_URL') })

// XML: the vocabulary leaves a schema's type as it is.
const rates = xml('rates', { url: env('RATES_URL') }).get('/rates', {
  output: z.object({
    base: xml.attr(z.string()),
    Rate: z.array(z.object({ value: xml.text(z.number()), note: xml.element(z.string().nullable(), { ns: 'urn:x' }) })),
  }),
})
check<Equal<Output<typeof rates>, { base: string; Rate: { value: number; note: string | null }[] }>>()
checkNotAny<Output<typeof rates>>('no any')

// Options of backends, clients and proxies: known, and of their type.
// @ts-expect-error a misspelt option
rest('x', { url: env('X'), timout: '2s' })
// @ts-expect-error a backend has its URL
rest('x', {})
// @ts-expect-error a duration has a unit
rest('x', { url: env('X'), timeout: '2' })
// @ts-expect-error a variable is named with env
rest('x', { url: process.env })
rest('x', { url: env('X'), client: axios.create() })
xml('x', { url: env('X'), client: axios })
soap('x', { url: env('X'), namespace: 'urn:x', client: new axios.Axios() })
// @ts-expect-error an instance, and not what makes one
rest('x', { url: env('X'), client: axios.create })
// @ts-expect-error fetch has no interceptors
rest('x', { url: env('X'), client: fetch })
// @ts-expect-error a misspelt option
client('x', { formt: 'xml' })
// @ts-expect-error a format that there is
client('x', { format: 'yaml' })
// @ts-expect-error a path prefix starts with a slash
client('x', { path: 'm' })
// @ts-expect-error a predicate declares the headers that it reads
client('x', { when: { test: () => true } })
proxy('ANY /x/*path', shop, { rewrite: { '/': '/users' } })
// @ts-expect-error a method is required
proxy('/x/*path', shop)
// @ts-expect-error to a backend, not to a call
proxy('ANY /x/*path', noInput)
// @ts-expect-error a code from the table
new FacetError('backend-tired')

// An input function without a type would make the call's input `any`.
// @ts-expect-error write the type of this function's parameter
shop.get('/products/:sku', { input: ({ sku }) => ({ params: { sku } }), output: z.string() })
billing.operation('GetInvoices', {
  request: z.object({ CustomerNo: z.string() }),
  // @ts-expect-error write the type of this function's parameter
  input: ({ customer }) => ({ CustomerNo: customer }),
  output: z.object({}),
})
