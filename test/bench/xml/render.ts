import { BILLING, type Invoice, SOAP, type Statement, XSI } from './statement.ts'

/** How a document looks, beside what it says. */
export interface Look {
  /** The encoding that its declaration names. */
  readonly charset: string
  readonly indented: boolean
}

/**
 * A statement as a legacy service writes it: with prefixes, a comment, references, and `xsi:nil`. Written by hand, so that
 * what is read was not written by one of those who read it.
 */
export function render({ Body }: Statement, { charset, indented }: Look): string {
  const { requestId, Customer, Period, Invoice } = Body.GetStatementResponse
  const { Street, Zip, City, Country } = Customer.Address
  const body = element('soap:Body', '', [
    element('bil:GetStatementResponse', ` xmlns:bil="${BILLING}" requestId="${requestId}"`, [
      element('bil:Customer', ` number="${Customer.number}"`, [
        element('bil:Name', '', Customer.Name),
        element('bil:Vip', '', String(Customer.Vip)),
        element('bil:Address', '', [
          element('bil:Street', '', Street),
          element('bil:Zip', '', Zip),
          element('bil:City', '', City),
          element('bil:Country', '', Country),
        ]),
      ]),
      element('bil:Period', ` from="${Period.from}" to="${Period.to}"`, []),
      ...Invoice.map(invoice),
    ]),
  ])
  const envelope = element('soap:Envelope', ` xmlns:soap="${SOAP}" xmlns:xsi="${XSI}"`, [body])
  const head = `<?xml version="1.0" encoding="${charset}"?>\n<!-- billing-core 7.2.1, node B -->\n`
  return head + flat(envelope, indented ? '\n' : '')
}

function invoice({ status, Number: number, Issued, Due, Amount, Note, Line }: Invoice): Node {
  return element('bil:Invoice', ` status="${status}"`, [
    element('bil:Number', '', number),
    element('bil:Issued', '', Issued),
    element('bil:Due', '', Due),
    element('bil:Amount', ` currency="${Amount.currency}"`, Amount.value.toFixed(2)),
    Note === null ? element('bil:Note', ' xsi:nil="true"', []) : element('bil:Note', '', Note),
    ...Line.map(({ no, Sku, Title, Quantity, Price, Discount }) =>
      element('bil:Line', ` no="${no}"`, [
        element('bil:Sku', '', Sku),
        element('bil:Title', '', Title),
        element('bil:Quantity', '', String(Quantity)),
        element('bil:Price', '', Price.toFixed(2)),
        ...(Discount === undefined ? [] : [element('bil:Discount', '', Discount.toFixed(2))]),
      ]),
    ),
  ])
}

interface Node {
  readonly name: string
  /** As they stand in the tag. */
  readonly attributes: string
  readonly content: string | readonly Node[]
}

function element(name: string, attributes: string, content: Node['content']): Node {
  return { name, attributes, content }
}

/** `newline` is what stands before each tag: a line feed and the indentation so far, or nothing. */
function flat({ name, attributes, content }: Node, newline: string): string {
  const open = `<${name}${attributes}`
  if (typeof content === 'string') return `${open}>${escaped(content)}</${name}>`
  if (content.length === 0) return `${open}/>`
  const inner = newline === '' ? '' : `${newline}  `
  return `${open}>${content.map((child) => inner + flat(child, inner)).join('')}${newline}</${name}>`
}

const REFERENCES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', é: '&#233;' }

function escaped(text: string): string {
  return text.replace(/[&<>é]/g, (found) => REFERENCES[found] as string)
}
