import type { MockBackend } from './server.ts'

/** An answer of billing: its status, media type and bytes, and the bytes read as what they are said to be. */
export interface SoapAnswer {
  readonly status: number
  readonly type: string | null
  readonly bytes: Buffer
  readonly text: string
}

/** A SOAP 1.1 envelope around the content of its Body. */
export function envelope(content: string): string {
  return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${content}</s:Body></s:Envelope>`
}

/** Posts a whole document to billing. */
export async function post(
  billing: MockBackend,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<SoapAnswer> {
  const response = await fetch(`${billing.url}/billing`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=utf-8', ...headers },
    body,
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    bytes,
    text: bytes.toString('latin1'),
  }
}

/** Asks for a customer's invoices. */
export function getInvoices(billing: MockBackend, customerNo: string): Promise<SoapAnswer> {
  const content = `<GetInvoices xmlns="urn:acme:billing:v1"><CustomerNo>${customerNo}</CustomerNo></GetInvoices>`
  return post(billing, envelope(content))
}

/** Pays an invoice, with these elements in this order. */
export function payInvoice(
  billing: MockBackend,
  elements: readonly (readonly [string, string])[],
): Promise<SoapAnswer> {
  const content = elements.map(([name, value]) => `<b:${name}>${value}</b:${name}>`).join('')
  return post(billing, envelope(`<b:PayInvoice xmlns:b="urn:acme:billing:v1">${content}</b:PayInvoice>`))
}
