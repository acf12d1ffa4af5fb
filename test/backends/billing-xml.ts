import type { Invoice } from './billing-data.ts'
import { type Reply, reply } from './reply.ts'
import { escapeXml } from './xml.ts'

/** The namespace of everything billing says and hears inside the envelope. */
export const BILLING_NAMESPACE = 'urn:acme:billing:v1'
/** The namespace of a SOAP 1.1 envelope. */
export const SOAP_NAMESPACE = 'http://schemas.xmlsoap.org/soap/envelope/'
/** The namespace of `xsi:nil`. */
export const XSI_NAMESPACE = 'http://www.w3.org/2001/XMLSchema-instance'

/** What a payment is answered with. */
export interface Receipt {
  readonly receiptNo: string
  readonly invoiceNo: string
  readonly amount: string
  readonly currency: string
  readonly paidAt: string
}

/** Why a request is refused; becomes a `soap:Fault`. */
export interface Refusal {
  readonly code: 'Client' | 'VersionMismatch'
  readonly message: string
  /** What the fault is about: the name of the detail element, and of the one value in it. Without it there is no detail. */
  readonly detail?: { readonly name: string; readonly field: string; readonly value: string }
}

/** The answer to `GetInvoices`. */
export function invoicesReply(invoices: readonly Invoice[]): Reply {
  return envelope(200, element('GetInvoicesResponse', invoices.map(invoiceXml).join('')))
}

/** The answer to `PayInvoice`. */
export function receiptReply({ receiptNo, invoiceNo, amount, currency, paidAt }: Receipt): Reply {
  const receipt =
    `<Receipt><ReceiptNo>${receiptNo}</ReceiptNo><InvoiceNo>${escapeXml(invoiceNo)}</InvoiceNo>` +
    `<Amount currency="${currency}">${amount}</Amount><PaidAt>${paidAt}</PaidAt></Receipt>`
  return envelope(200, element('PayInvoiceResponse', receipt))
}

/** A `soap:Fault`; SOAP 1.1 wants HTTP 500 for every one of them, also for those that are the client's fault (section 6.2). */
export function faultReply({ code, message, detail }: Refusal): Reply {
  const about = detail
    ? `<detail>${element(detail.name, `<${detail.field}>${escapeXml(detail.value)}</${detail.field}>`)}</detail>`
    : ''
  return envelope(
    500,
    `<soap:Fault><faultcode>soap:${code}</faultcode><faultstring>${escapeXml(message)}</faultstring>${about}</soap:Fault>`,
  )
}

function invoiceXml({ number, status, amount, due, customer, note }: Invoice): string {
  const noteXml = note === null ? '<Note xsi:nil="true"/>' : `<Note>${escapeXml(note)}</Note>`
  return (
    `<Invoice status="${status}"><Number>${number}</Number><Amount currency="EUR">${amount}</Amount>` +
    `<Due>${due}</Due><Customer>${escapeXml(customer)}</Customer>${noteXml}</Invoice>`
  )
}

function element(name: string, content: string): string {
  return `<${name} xmlns="${BILLING_NAMESPACE}">${content}</${name}>`
}

/** In bytes of ISO-8859-1, as legacy systems do: `escapeXml` has left nothing that does not fit. */
function envelope(status: number, content: string): Reply {
  const document =
    '<?xml version="1.0" encoding="ISO-8859-1"?>\n' +
    `<soap:Envelope xmlns:soap="${SOAP_NAMESPACE}" xmlns:xsi="${XSI_NAMESPACE}">` +
    `<soap:Body>${content}</soap:Body></soap:Envelope>\n`
  return reply(status, 'text/xml; charset=ISO-8859-1', Buffer.from(document, 'latin1'))
}
