// What operations of SOAP services infer from their schemas, and what the compiler refuses.
import { type Input, type Output, optional, soap, xml } from 'facet'
import { z } from 'zod'
import { check, checkNotAny, type Equal } from './equal.ts'

const billing = soap('billing', { url: 'http://127.0.0.1:9', namespace: 'urn:acme:billing:v1', version: '1.2' })
const request = z.object({ CustomerNo: z.string() })
const input = ({ customer }: { customer: string }) => ({ CustomerNo: customer })
const output = z.object({ Price: z.number() }).transform(({ Price }) => Price)

// Headers both ways: the input of the header's function is that of the call, and the answer has both parts.
const session = billing.operation('Get', {
  request,
  input,
  output,
  requestHeader: z.object({ Session: z.object({ Token: z.string() }) }),
  header: ({ customer }) => ({ Session: { Token: customer } }),
  responseHeader: z.object({ Left: z.number() }).transform(({ Left }) => new Date(Left)),
})
check<Equal<Input<typeof session>, { customer: string }>>()
check<Equal<Output<typeof session>, { readonly body: number; readonly header: Date }>>()
checkNotAny<[Input<typeof session>, Output<typeof session>]>('no any')

const told = billing.operation('Get', { request, input, output, responseHeader: z.object({ Left: z.number() }) })
check<Equal<Output<typeof told>, { readonly body: number; readonly header: { Left: number } }>>()
const plain = billing.operation('Get', { request, input, output, oneWay: false })
check<Equal<Output<typeof plain>, number>>()

// Tags of the answer see what `output` makes of it.
billing.operation('Get', {
  request,
  input,
  output,
  effect: 'read',
  cache: {
    ttl: '1m',
    answerTags: (price, { customer }) => {
      check<Equal<typeof price, number>>()
      return [customer]
    },
  },
})

// What wants no answer gives none.
const notify = billing.operation('Notify', { request, input, oneWay: true })
check<Equal<Output<typeof notify>, undefined>>()
check<Equal<Input<typeof notify>, { customer: string }>>()
const notifyTold = billing.operation('Notify', { request, input, oneWay: true, responseHeader: z.object({}) })
check<Equal<Output<typeof notifyTold>['body'], undefined>>()

// Attachments are bytes.
const file = billing.operation('File', { request, input, output: z.object({ File: xml.bytes() }) })
check<Equal<Output<typeof file>, { File: Uint8Array }>>()

// Faults: the name says the type of the detail.
const faulty = billing.operation('Get', {
  request,
  input,
  output,
  faults: {
    UnknownCustomer: { as: 'resource-unknown', detail: z.object({ CustomerNo: z.coerce.number() }) },
    Busy: { status: 503 },
  },
})
const fault = faulty.faultOf(new Error('x'))
if (fault?.name === 'UnknownCustomer') check<Equal<typeof fault.detail, { CustomerNo: number } | undefined>>()
else if (fault?.name === 'Busy') check<Equal<typeof fault.detail, undefined>>()
else if (fault) check<Equal<typeof fault.name, undefined>>()
checkNotAny<NonNullable<typeof fault>>('no any')
check<Equal<NonNullable<ReturnType<typeof plain.faultOf>>['name'], undefined>>()
const recovered = optional(faulty).recover((error) => faulty.faultOf(error)?.codes.length ?? 0)
check<Equal<Output<typeof recovered>, number>>()
// @ts-expect-error a kind that there is not
faulty.faultOf(0)?.name === 'Unknown'

// @ts-expect-error an operation says what its answer holds, or that it has none
billing.operation('Get', { request, input })
// @ts-expect-error the same where it says that it is answered
billing.operation('Get', { request, input, oneWay: false })
// @ts-expect-error what wants no answer has no shape for it
billing.operation('Notify', { request, input, oneWay: true, output })
// @ts-expect-error nor an element
billing.operation('Notify', { request, input, oneWay: true, answer: { name: 'x' } })
// @ts-expect-error the shape of the header is needed
billing.operation('Get', { request, input, output, header: () => ({}) })
// @ts-expect-error and so is what gives its value
billing.operation('Get', { request, input, output, requestHeader: z.object({}) })
const wrongHeader = () => ({ Token: 1 })
const requestHeader = z.object({ Token: z.string() })
// @ts-expect-error not what the header takes
billing.operation('Get', { request, input, output, requestHeader, header: wrongHeader })
// @ts-expect-error an error that there is not
billing.operation('Get', { request, input, output, faults: { A: { as: 'not-found' } } })
// @ts-expect-error clients that leave are nothing that a service can say
billing.operation('Get', { request, input, output, faults: { A: { as: 'client-closed' } } })
// @ts-expect-error a misspelt option of a Fault
billing.operation('Get', { request, input, output, faults: { A: { code: 404 } } })
// @ts-expect-error a misspelt option
billing.operation('Get', { request, input, output, soapAction: 'x' })
// @ts-expect-error a version that there is not
soap('x', { url: 'http://x', namespace: 'urn:x', version: '2.0' })
// @ts-expect-error a style that there is not
soap('x', { url: 'http://x', namespace: 'urn:x', style: 'encoded' })
// @ts-expect-error a misspelt credential
soap('x', { url: 'http://x', namespace: 'urn:x', security: { user: 'a' } })

// The type of the function's parameter is needed here too: it becomes the type of the call's input.
billing.operation('Notify', {
  request,
  // @ts-expect-error write the type of this function's parameter
  input: ({ customer }) => ({ CustomerNo: customer }),
  oneWay: true,
})
