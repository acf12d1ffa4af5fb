import { faultReply, invoicesReply, receiptReply } from '../backends/billing-xml.ts'
import { render } from '../bench/xml/render.ts'
import { statement } from '../bench/xml/values.ts'
import { CLASSES } from './classes.ts'
import { loadSuite } from './suite.ts'

const invoice = { number: '2024-0007', status: 'open', amount: '13.37', due: '2024-03-01', customer: 'Müller & Søn' }
const receipt = { receiptNo: 'R-1', invoiceNo: '7', amount: '13.37', currency: 'EUR', paidAt: '2024-03-01T12:00:00Z' }
const unknown = { name: 'UnknownCustomer', field: 'CustomerNo', value: '007 <&> 8' }

/** Small documents that are well-formed, of which mutations are made: answers of services, and the suite's own. */
export function corpus(): Buffer[] {
  const statements = (['plain', 'ascii', 'latin', 'wide'] as const).map((alphabet, index) =>
    Buffer.from(render(statement(index, alphabet, 2), { charset: 'UTF-8', indented: index % 2 === 0 })),
  )
  const replies = [
    invoicesReply([
      { ...invoice, note: null },
      { ...invoice, note: 'bitte <bald> zahlen' },
    ] as Parameters<typeof invoicesReply>[0]),
    receiptReply(receipt),
    faultReply({ code: 'Client', message: 'no such customer', detail: unknown }),
  ].map(({ body }) => Buffer.from(body))
  const [, wellFormed] = CLASSES
  const suite = loadSuite().cases.filter((each) => each.class.name === wellFormed && each.bytes.length < 4000)
  const small = [
    '<a/>',
    '<a b="c">d</a>',
    '<p:a xmlns:p="urn:p" p:b=""><p:c>&amp;</p:c><!--d--><![CDATA[e]]><?f g?></p:a>',
  ]
  // Each kind as often as the others, however many there are of it.
  return [
    ...statements,
    ...replies,
    ...statements,
    ...replies,
    ...small.map((text) => Buffer.from(text)),
    ...suite.map(({ bytes }) => bytes),
  ]
}
