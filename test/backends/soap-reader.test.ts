import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { type MockBackend, startBilling } from './index.ts'
import { envelope, getInvoices, payInvoice, post } from './soap-request.ts'

let billing: MockBackend
beforeAll(async () => {
  billing = await startBilling()
})
afterAll(() => billing.close())
beforeEach(() => billing.reset())

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const SOUND = envelope(
  '<p:PayInvoice xmlns:p="urn:acme:billing:v1"><p:InvoiceNo>0000123</p:InvoiceNo><p:Amount>5</p:Amount>' +
    '<p:Currency>EUR</p:Currency></p:PayInvoice>',
)

async function isOpen(): Promise<boolean> {
  const { text } = await getInvoices(billing, '00001')
  return text.includes('<Invoice status="open"><Number>0000123<')
}

/** The same document with another prefix, or none, for a namespace. */
function renamed(document: string, from: string, to: string): string {
  const colon = to === '' ? '' : ':'
  return document
    .replace(new RegExp(`(</?)${from}:`, 'g'), `$1${to}${colon}`)
    .replace(` xmlns:${from}=`, ` xmlns${colon}${to}=`)
}

const taken: [string, string][] = [
  ['any prefixes', renamed(renamed(SOUND, 'p', 'x-1'), 's', 'p')],
  ['no prefix', renamed(SOUND, 'p', '')],
  [
    'namespaces bound at the top',
    SOUND.replace(' xmlns:p="urn:acme:billing:v1"', '').replace(':s=', ':p="urn:acme:billing:v1" xmlns:s='),
  ],
  ['an inner declaration', SOUND.replace('<p:Amount>5</p:Amount>', '<Amount xmlns="urn:acme:billing:v1">5</Amount>')],
  [
    'a declaration, a byte order mark and white space',
    `\ufeff<?xml version="1.0" encoding="UTF-8"?>\n${SOUND}\n<!-- end -->\n`,
  ],
  ['white space and comments between', SOUND.replaceAll('><', '>\n  <!-- & --><')],
  ['a header', SOUND.replace('<s:Body>', '<s:Header><t xmlns="urn:t">1</t></s:Header><s:Body>')],
  ['CDATA and references', SOUND.replace('0000123', '<![CDATA[0000]]>1&#50;&#x33;')],
  [
    'attributes of XML Schema',
    SOUND.replace('<p:Amount>', `<p:Amount xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="p:Payment">`),
  ],
]

test.each(taken)('%s: taken', async (_, body) => {
  expect(body === SOUND).toBe(false)
  expect((await post(billing, body)).status).toBe(200)
  expect(await isOpen()).toBe(false)
})

const NUMBER = ['InvoiceNo', '0000123'] as const
const AMOUNT = ['Amount', '5'] as const
const CURRENCY = ['Currency', 'EUR'] as const

test.each([
  ['out of order', [AMOUNT, NUMBER, CURRENCY], 'expected InvoiceNo, got Amount'],
  ['out of order at the end', [NUMBER, CURRENCY, AMOUNT], 'expected Amount, got Currency'],
  ['missing', [NUMBER, CURRENCY], 'expected Amount, got Currency'],
  ['missing at the end', [NUMBER, AMOUNT], 'expected Currency, got the end of PayInvoice'],
  ['all missing', [], 'expected InvoiceNo, got the end of PayInvoice'],
  ['unknown', [NUMBER, AMOUNT, CURRENCY, ['Tip', '1'] as const], 'expected the end of PayInvoice, got Tip'],
  ['twice', [NUMBER, NUMBER, AMOUNT, CURRENCY], 'expected Amount, got InvoiceNo'],
  ['in another case', [['invoiceNo', '0000123'] as const, AMOUNT, CURRENCY], 'expected InvoiceNo, got invoiceNo'],
])('elements %s: refused', async (_, elements, message) => {
  const { status, text } = await payInvoice(billing, elements)
  expect(status).toBe(500)
  expect(text).toContain(
    `<soap:Fault><faultcode>soap:Client</faultcode><faultstring>${message}</faultstring>` +
      `<detail><InvalidRequest xmlns="urn:acme:billing:v1"><Reason>${message}</Reason></InvalidRequest></detail></soap:Fault>`,
  )
  expect(await isOpen()).toBe(true)
})

const broken = 'the request is not well-formed XML'
const shape = 'the Envelope must hold an optional Header and one Body'
const refused: [string, string, string, string?][] = [
  ['an element in no namespace', SOUND.replaceAll('p:Amount', 'Amount'), 'expected Amount, got {}Amount'],
  [
    'an element in another namespace',
    SOUND.replace('<p:Amount>', '<p:Amount xmlns:p="urn:b">'),
    'expected Amount, got {urn:b}Amount',
  ],
  [
    'an operation in another namespace',
    SOUND.replace('billing:v1', 'billing:v2'),
    'unknown operation {urn:acme:billing:v2}PayInvoice',
  ],
  ['an unknown operation', SOUND.replaceAll('PayInvoice', 'SellInvoice'), 'unknown operation SellInvoice'],
  ['an operation of every object', SOUND.replaceAll('PayInvoice', 'toString'), 'unknown operation toString'],
  [
    'an attribute instead',
    SOUND.replace('<p:Amount>', '<p:Amount Currency="EUR">'),
    'unexpected attribute Currency of Amount',
  ],
  ['an element inside a text', SOUND.replace('>5<', '>5<p:x/><'), 'Amount must hold text only'],
  ['text between the elements', SOUND.replace('</p:Amount>', '</p:Amount>!'), 'PayInvoice must not hold text'],
  ['two operations', envelope('<a/><b/>'), 'the Body must hold one element'],
  ['an empty Body', envelope(''), 'the Body must hold one element'],
  [
    'SOAP 1.2',
    SOUND.replace(SOAP, 'http://www.w3.org/2003/05/soap-envelope'),
    `expected the namespace ${SOAP} (SOAP 1.1)`,
    'VersionMismatch',
  ],
  ['no envelope', '<a xmlns="urn:b"/>', 'expected a SOAP Envelope, got {urn:b}a'],
  ['no Body', SOUND.replaceAll('s:Body', 's:Head'), shape],
  ['a Body in another namespace', SOUND.replaceAll('s:Body', 'Body'), shape],
  ['the Header after the Body', SOUND.replace('</s:Body>', '</s:Body><s:Header/>'), shape],
  ['two Headers', SOUND.replace('<s:Body>', '<s:Header/><s:Header/><s:Body>'), shape],
  ['something else before the Body', SOUND.replace('<s:Body>', '<s:Head/><s:Body>'), shape],
  ['two Bodies', SOUND.replace('<s:Body>', '<s:Body/><s:Body>'), shape],
  ['nothing', '', broken],
  ['JSON', '{"InvoiceNo":1}', broken],
  ['an unclosed element', SOUND.replace('</p:Amount>', ''), broken],
  ['half a document', SOUND.slice(0, SOUND.length / 2), broken],
  ['text after the end', `${SOUND}x`, broken],
  ['an element after the end', `${SOUND}<a/>`, broken],
  ['a declaration after white space', ` <?xml version="1.0"?>${SOUND}`, broken],
  ['an unbound prefix', SOUND.replaceAll('p:Amount', 'q:Amount'), broken],
  ['an entity of HTML', SOUND.replace('EUR', '&nbsp;'), broken],
  ['a control character', SOUND.replace('EUR', 'E\u0001R'), broken],
  ['a DOCTYPE', `<!DOCTYPE a [<!ENTITY b "c">]>${SOUND}`, broken],
  ['the root of ours', `${SOUND}</whole-document><whole-document>`, broken],
  ['a name that xml2js fails at', SOUND.replace('<p:Amount>', '<_/><p:Amount>'), broken],
]

test.each(refused)('%s: refused', async (_, body, message, code = 'Client') => {
  const { status, text } = await post(billing, body)
  expect(status).toBe(500)
  expect(text).toContain(`<soap:Fault><faultcode>soap:${code}</faultcode><faultstring>${message}</faultstring>`)
  // SOAP 1.1, section 4.4: no detail where the fault is not about what stands in the Body.
  expect(text.includes('<detail>')).toBe(![broken, shape].includes(message) && !/SOAP/.test(message))
  expect(await isOpen()).toBe(true)
})

test('a request in Latin-1 is read as such', async () => {
  const body = envelope('<GetInvoices xmlns="urn:acme:billing:v1"><CustomerNo>ü</CustomerNo></GetInvoices>')
  const { text } = await post(billing, Buffer.from(body, 'latin1'), { 'content-type': 'text/xml; charset=ISO-8859-1' })
  expect(text).toContain('<faultstring>unknown customer \xfc</faultstring>')
})
