// Written by `facet import wsdl orders.wsdl`, and from then on yours to edit.
// Service OrdersService, binding OrdersSoap, port OrdersPort (SOAP 1.1), at http://orders.example/soap.
// Orders, as the warehouse sees them.
import { env, type Output, soap, xml } from 'facet'
import { z } from 'zod'

const orders = soap('orders', {
  url: env('ORDERS_URL'),
  namespace: 'urn:example:orders',
})

const GetOrderRequest = z.object({
  id: z.int64(),
})

/** new: not yet looked at */
const State = z.enum(['new', 'picked', 'on its way'])

/** Six digits, leading zeros included. */
const CustomerNumber = z.string().regex(/^[0-9]{6}$/)

const Weight = z.number().gt(0).max(30000).multipleOf(0.001)

const Line = z.object({
  sku: z.string(),
  quantity: z.bigint().min(1n),
  weight: Weight.optional(),
})

const Money = z.object({
  currency: xml.attr(z.string()),
  value: xml.text(z.number()),
})

/** An order with its lines. Never empty: *\/ is not the end of this comment. */
const Order = z.object({
  state: xml.attr(State),
  version: xml.attr(z.int32()).default(1),
  schema: xml.attr(z.literal('v1')).default('v1'),
  lang: xml.attr(z.string(), { ns: 'http://www.w3.org/XML/1998/namespace' }).optional(),
  id: z.int64(),
  customer: CustomerNumber,
  placed: z.string(), // xs:dateTime
  due: z.string().nullable().optional(), // xs:date
  line: z.array(Line).min(1),
  remark: z.array(z.string()),
  /** What the driver is told. */
  'delivery-note': z.string().optional(),
  total: Money,
})

const GetOrderResponse = z.object({
  return: Order.optional(),
})

const OrderFault = z.object({
  id: z.int64(),
})

const PlaceOrderRequest = z.object({
  customer: CustomerNumber,
  line: z.array(Line).min(1).max(100),
  gift: z.boolean().optional(),
})

const PlaceOrderResponse = z.object({
  id: z.int64(),
})

const DeleteRequest = z.object({
  id: z.int64(),
})

const DeleteResponse = z.object({})

/** One order by its number. */
export const getOrder = orders.operation('getOrder', {
  // effect: 'read', if it changes nothing: then it may be cached, retried and shared
  action: 'urn:example:orders/getOrder',
  request: GetOrderRequest,
  input: (input: z.input<typeof GetOrderRequest>) => input,
  answer: { name: 'getOrderResponse' },
  output: GetOrderResponse,
  faults: {
    // as: 'resource-unknown' beside a detail makes the fault a 404
    OrderUnknown: { detail: OrderFault },
  },
})
export type GetOrder = Output<typeof getOrder>

export const placeOrder = orders.operation('placeOrder', {
  // effect: 'read', if it changes nothing: then it may be cached, retried and shared
  action: '',
  request: PlaceOrderRequest,
  input: (input: z.input<typeof PlaceOrderRequest>) => input,
  answer: { name: 'placeOrderResponse' },
  output: PlaceOrderResponse,
})
export type PlaceOrder = Output<typeof placeOrder>

export const deleteOperation = orders.operation('delete', {
  // effect: 'read', if it changes nothing: then it may be cached, retried and shared
  request: DeleteRequest,
  input: (input: z.input<typeof DeleteRequest>) => input,
  answer: { name: 'deleteResponse' },
  output: DeleteResponse,
})
export type Delete = Output<typeof deleteOperation>
