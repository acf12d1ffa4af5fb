/** Response schemas: with them Fastify serialises by generated code, and sends nothing that is not in them. */

const string = { type: 'string' }
const number = { type: 'number' }
const id = { type: ['number', 'string'] }

function object(properties: Record<string, object>): object {
  return { type: 'object', properties, required: Object.keys(properties) }
}

function list(items: object): object {
  return { type: 'array', items }
}

const customer = object({ id, number: string, name: string, email: string, city: string })
const orders = list(object({ id, sku: string, quantity: number, total: number }))
const products = list({ ...object({ sku: string, title: string, price: number }), nullable: true })
const manager = object({ id, name: string })
const invoices = list(
  object({
    number: string,
    amount: number,
    currency: string,
    due: string,
    status: string,
    note: { type: 'string', nullable: true },
  }),
)

/** The answer of `/bench/json/:id`. */
export const jsonSchema: object = object({ customer, orders, products, manager })
/** The answer of `/bench/xml/:id`. */
export const xmlSchema: object = object({ customer, orders, products, invoices })
