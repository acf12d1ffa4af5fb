import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type MockBackend, startBilling } from './index.ts'
import { getInvoices, payInvoice } from './soap-request.ts'

let billing: MockBackend
beforeEach(async () => {
  billing = await startBilling()
})
afterEach(() => billing.close())

const pay = (invoiceNo: string, amount = '12.5', currency = 'EUR') =>
  payInvoice(billing, [
    ['InvoiceNo', invoiceNo],
    ['Amount', amount],
    ['Currency', currency],
  ])

async function statusOf(invoiceNo: string, customerNo = '00001', of = billing): Promise<string | undefined> {
  const { text } = await getInvoices(of, customerNo)
  return new RegExp(`<Invoice status="(\\w+)"><Number>${invoiceNo}</Number>`).exec(text)?.[1]
}

test('a payment is answered with a receipt', async () => {
  const { status, type, text } = await pay('0000123')
  expect([status, type]).toEqual([200, 'text/xml; charset=ISO-8859-1'])
  const [, paidAt = ''] = /<PaidAt>(.*)<\/PaidAt>/.exec(text) ?? []
  expect(new Date(paidAt).toISOString()).toBe(paidAt)
  expect(text).toContain(
    '<soap:Body><PayInvoiceResponse xmlns="urn:acme:billing:v1"><Receipt><ReceiptNo>000000001</ReceiptNo>' +
      '<InvoiceNo>0000123</InvoiceNo><Amount currency="EUR">12.50</Amount>' +
      `<PaidAt>${paidAt}</PaidAt></Receipt></PayInvoiceResponse></soap:Body>`,
  )
})

test('a paid invoice is paid in the next list, also where that list had been asked for before', async () => {
  expect(await statusOf('0000123')).toBe('open')
  expect(await statusOf('0000123')).toBe('open')
  await pay('0000123')
  expect(await statusOf('0000123')).toBe('paid')
  expect(await statusOf('0000125')).toBe('overdue')
})

test('each payment has a receipt of its own, also the second one of an invoice', async () => {
  const receipts: (string | undefined)[] = []
  for (const invoiceNo of ['0000123', '0000123', '0000135']) {
    receipts.push(/<ReceiptNo>(\d+)</.exec((await pay(invoiceNo)).text)?.[1])
  }
  expect(receipts).toEqual(['000000001', '000000002', '000000003'])
})

test('reset takes all payments back', async () => {
  await pay('0000123')
  expect(await statusOf('0000123')).toBe('paid')
  billing.reset()
  expect(await statusOf('0000123')).toBe('open')
  expect((await pay('0000123')).text).toContain('<ReceiptNo>000000001<')
  await fetch(`${billing.url}/_control`, { method: 'DELETE' })
  expect(await statusOf('0000123')).toBe('open')
})

test('each instance keeps its own books', async () => {
  const other = await startBilling()
  try {
    await pay('0000123')
    expect([await statusOf('0000123'), await statusOf('0000123', '00001', other)]).toEqual(['paid', 'open'])
  } finally {
    await other.close()
  }
})

test('an unknown invoice is a fault that says which, and pays nothing', async () => {
  const { status, text } = await pay('123')
  expect(status).toBe(500)
  expect(text).toContain(
    '<soap:Fault><faultcode>soap:Client</faultcode><faultstring>unknown invoice 123</faultstring>' +
      '<detail><UnknownInvoice xmlns="urn:acme:billing:v1"><InvoiceNo>123</InvoiceNo></UnknownInvoice></detail></soap:Fault>',
  )
  expect((await pay('0000123')).text).toContain('<ReceiptNo>000000001<')
})

test.each([
  ['1', '1.00'],
  ['0.01', '0.01'],
  ['9999999999.99', '9999999999.99'],
  [' 7.10\n', '7.10'],
])('an amount of %j is taken as %s', async (amount, written) => {
  expect((await pay('0000123', amount)).text).toContain(`<Amount currency="EUR">${written}</Amount>`)
})

test.each(['0', '0.00', '-1', '', 'ten', '1,50', '1e3', 'NaN', 'Infinity', '0x10', '1.005', '1.', '.5', '12345678901'])(
  'an amount of "%s" is refused, and nothing is paid',
  async (amount) => {
    const { status, text } = await pay('0000123', amount)
    expect(status).toBe(500)
    expect(text).toContain('<faultstring>Amount must be a positive decimal with at most two places')
    expect(text).toContain('<detail><InvalidRequest xmlns="urn:acme:billing:v1"><Reason>Amount must be')
    expect(await statusOf('0000123')).toBe('open')
  },
)

test.each(['', 'eur', 'EURO', '€'])('a currency of "%s" is refused', async (currency) => {
  const { status, text } = await pay('0000123', '1', currency)
  expect(status).toBe(500)
  expect(text).toContain('<faultstring>Currency must be three capital letters')
})

test('a payment whose answer is late or lost has been made nevertheless; one that failed has not', async () => {
  billing.control({ status: 503 })
  await pay('0000123')
  billing.control({ status: null })
  expect(await statusOf('0000123')).toBe('open')
  billing.control({ body: 'truncated' })
  await expect(pay('0000123')).rejects.toThrow()
  billing.control({ body: 'normal' })
  expect(await statusOf('0000123')).toBe('paid')
})
