// Written by `facet import wsdl customers.wsdl`, and from then on yours to edit.
// Service CustomerService, binding Customers11, port Customers11 (SOAP 1.1), at http://customers.example/soap.
// Other ports (--port): Customers12 (SOAP 1.2).
import { env, type Output, soap, xml } from 'facet'
import { z } from 'zod'

const customer = soap('customer', {
  url: env('CUSTOMER_URL'),
  namespace: 'http://example.org/customers/',
})

const Segment = z.enum(['Private', 'Business'])

const Query = xml.namespace(
  '',
  z.object({
    Text: z.string().optional(),
    Segment: Segment.optional(),
  }),
)

const FindRequest = z.object({
  query: Query.nullable().optional(),
  page: z.int32().optional(),
})

const Name = z.string().min(1).max(80)

const Guid = z
  .string()
  .regex(/^[\p{Nd}a-fA-F]{8}-[\p{Nd}a-fA-F]{4}-[\p{Nd}a-fA-F]{4}-[\p{Nd}a-fA-F]{4}-[\p{Nd}a-fA-F]{12}$/u)

const Address = xml.namespace(
  '',
  z.object({
    Street: z.string(),
    City: z.string(),
  }),
)

const AddressType = xml.namespace(
  'http://example.org/post',
  z.object({
    Country: xml.attr(z.string(), { ns: 'http://example.org/post' }).optional(),
    Box: z.string(),
    Zip: xml.element(z.string(), { ns: '' }),
  }),
)

const Customer = z.object({
  Id: xml.attr(z.int32()),
  Name,
  Key: Guid,
  Segment,
  Home: Address,
  Post: AddressType.optional(),
  get Subsidiaries() {
    return ArrayOfCustomer.nullable().optional()
  },
})

const ArrayOfCustomer = xml.namespace(
  '',
  z.object({
    Customer: Customer.nullable().array(),
  }),
)

const FindResponse = z.object({
  FindResult: ArrayOfCustomer.nullable().optional(),
  Home: Address.optional(),
})

export const find = customer.operation('Find', {
  // effect: 'read', if it changes nothing: then it may be cached, retried and shared
  action: 'http://example.org/customers/Find',
  request: FindRequest,
  input: (input: z.input<typeof FindRequest>) => input,
  answer: { name: 'FindResponse' },
  output: FindResponse,
})
export type Find = Output<typeof find>
