import type { IncomingMessage } from 'node:http'
import { openLedger } from './billing-data.ts'
import { OPERATIONS, wsdl } from './billing-wsdl.ts'
import { faultReply, invoicesReply, receiptReply } from './billing-xml.ts'
import { pathOf, queryOf, type Reply, reply } from './reply.ts'
import { type MockBackend, type StartOptions, startMock } from './server.ts'
import { invalid, readCall, type SoapCall, SoapRefusal } from './soap-reader.ts'

const PATH = '/billing'
const ELEMENTS = { GetInvoices: OPERATIONS.GetInvoices.request, PayInvoice: OPERATIONS.PayInvoice.request }
const MOST_REMEMBERED = 1000
const LONGEST_REMEMBERED = 4096

/**
 * Starts billing, the legacy SOAP 1.1 service (document/literal, ISO-8859-1): `POST /billing` with `GetInvoices` or
 * `PayInvoice`, and its WSDL at `GET /billing?wsdl`.
 */
export function startBilling(port = 0, options: StartOptions = {}): Promise<MockBackend> {
  const ledger = openLedger()
  let receipts = 0
  // Reading a request costs a hundred times what sending the answer costs, so an answer is kept under the very text that asked
  // for it. Whatever changes the books empties this.
  const remembered = new Map<string, Reply>()

  function getInvoices({ fields }: SoapCall, question: string): Reply {
    const customerNo = fields.CustomerNo ?? ''
    const invoices = ledger.invoicesOf(customerNo)
    if (!invoices) {
      const detail = { name: 'UnknownCustomer', field: 'CustomerNo', value: customerNo }
      throw new SoapRefusal({ code: 'Client', message: `unknown customer ${customerNo}`, detail })
    }
    const made = invoicesReply(invoices)
    if (remembered.size >= MOST_REMEMBERED) remembered.clear()
    if (question.length <= LONGEST_REMEMBERED) remembered.set(question, made)
    return made
  }

  function payInvoice({ fields }: SoapCall): Reply {
    const { InvoiceNo: invoiceNo = '', Amount: amount = '', Currency: currency = '' } = fields
    if (!/^\d{1,10}(\.\d{1,2})?$/.test(amount) || Number(amount) === 0) {
      throw invalid(`Amount must be a positive decimal with at most two places, got ${amount || 'nothing'}`)
    }
    if (!/^[A-Z]{3}$/.test(currency))
      throw invalid(`Currency must be three capital letters, got ${currency || 'nothing'}`)
    if (!ledger.pay(invoiceNo)) {
      const detail = { name: 'UnknownInvoice', field: 'InvoiceNo', value: invoiceNo }
      throw new SoapRefusal({ code: 'Client', message: `unknown invoice ${invoiceNo}`, detail })
    }
    remembered.clear()
    receipts += 1
    const receiptNo = String(receipts).padStart(9, '0')
    const paidAt = new Date().toISOString()
    return receiptReply({ receiptNo, invoiceNo, amount: Number(amount).toFixed(2), currency, paidAt })
  }

  function soap(request: IncomingMessage, body: string): Reply {
    const action = actionOf(request)
    const question = `${action}\n${body}`
    const known = remembered.get(question)
    if (known) return known
    try {
      const call = readCall(body, ELEMENTS)
      // The Body decides; an action is refused only where it is clearly that of another operation.
      if (action !== call.operation && Object.hasOwn(ELEMENTS, action)) {
        throw invalid(`the SOAPAction says ${action}, the Body ${call.operation}`)
      }
      return call.operation === 'PayInvoice' ? payInvoice(call) : getInvoices(call, question)
    } catch (error) {
      if (error instanceof SoapRefusal) return faultReply(error.refusal)
      throw error
    }
  }

  function handler(request: IncomingMessage, body: string): Reply {
    const { method, url = '/' } = request
    if (pathOf(url) !== PATH) return plain(404, `no such resource: ${pathOf(url)}`)
    if (method === 'POST') {
      if (/^\s*text\/xml\s*(;|$)/i.test(request.headers['content-type'] ?? '')) return soap(request, body)
      return plain(415, 'SOAP 1.1 is text/xml')
    }
    if (
      (method === 'GET' || method === 'HEAD') &&
      [...queryOf(url).keys()].some((key) => key.toLowerCase() === 'wsdl')
    ) {
      return reply(200, 'text/xml; charset=utf-8', wsdl(addressFor(request)))
    }
    return plain(405, `POST a SOAP envelope here, or GET ${PATH}?wsdl`, ['allow', 'POST'])
  }

  function onReset(): void {
    ledger.reset()
    remembered.clear()
    receipts = 0
  }

  return startMock({ name: 'billing', ...options, port, handler, onReset })
}

/** Where this client reaches us: in a container, the Host header knows that better than we do. */
function addressFor({ headers, socket }: IncomingMessage): string {
  return `http://${headers.host ?? `127.0.0.1:${socket.localPort}`}${PATH}`
}

/** The last part of the SOAPAction, however it is quoted and separated; empty where there is none. */
function actionOf({ headers }: IncomingMessage): string {
  const action = headers.soapaction
  return typeof action === 'string' ? (/[^/#:"\s]*(?="?\s*$)/.exec(action)?.[0] ?? '') : ''
}

function plain(status: number, message: string, headers: readonly string[] = []): Reply {
  return reply(status, 'text/plain; charset=utf-8', `${message}\n`, headers)
}
